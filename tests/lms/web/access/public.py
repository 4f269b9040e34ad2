"""What anyone may see."""

from tests.lms.web.access.row import EVERYBODY, SIGNED_IN, Row

ROWS: dict[str, Row] = {
    "public.home.show": Row("/", EVERYBODY),
    "public.home.healthz": Row("/healthz", EVERYBODY),
    "public.catalogue.show": Row("/catalogue", EVERYBODY),
    "public.modules.show": Row("/modules/{module}", EVERYBODY),
    "public.modules.preview": Row("/modules/{module}/preview", EVERYBODY),
    "public.modules.enroll": Row("/modules/{module}/enroll", SIGNED_IN, "POST"),
}
