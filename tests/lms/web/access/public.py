"""What anyone may see."""

from tests.lms.web.access.row import EVERYBODY, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "public.home.show": Row("/", EVERYBODY),
    "public.home.healthz": Row("/healthz", EVERYBODY),
    "public.guides.show_all": Row("/help", EVERYBODY),
    "public.guides.show": Row("/help/credit", EVERYBODY),
    "public.crawlers.robots": Row("/robots.txt", EVERYBODY),
    "public.crawlers.sitemap": Row("/sitemap.xml", EVERYBODY),
    "public.crawlers.security": Row("/.well-known/security.txt", EVERYBODY),
    "public.catalogue.show": Row("/catalogue", EVERYBODY),
    "public.modules.show": Row("/modules/{module}", EVERYBODY),
    "public.cover.show": Row("/modules/{module}/share.png", EVERYBODY),
    "public.modules.preview": Row("/modules/{module}/preview", EVERYBODY),
    # Whoever opens the link reads it; only the invited address, the stranger's here, takes up what it offers.
    "public.invitations.show": Row("/invitation?k={invitation}", EVERYBODY),
    "public.invitations.accept": Row("/invitation?k={invitation}", {"stranger"}, "POST"),
    "public.modules.enroll": Row("/modules/{module}/enroll", SIGNED_IN, "POST"),
}
