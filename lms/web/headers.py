"""What every answer says to the browser: no foreign script, no frame, no sniffing, no referrer abroad."""

from flask import Flask, Response, request, session

from lms.config import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


# What anyone may see and every browser may keep, whoever is signed in.
OPEN = ("static", "public.media.")


def init_app(app: Flask, settings: Settings) -> None:
    """Set the headers on every answer."""
    wanted = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    if settings.secure:
        wanted["Strict-Transport-Security"] = "max-age=31536000"

    @app.after_request
    def _guard(response: Response) -> Response:
        said = {name.lower() for name in response.headers.keys()}  # noqa: SIM118 - a list of pairs, not a mapping
        for name, value in wanted.items():
            if name.lower() not in said:
                response.headers.add(name, value)
        return response


def cache_rule() -> str:
    """Return how the answer is cached where its view says nothing: not at all, or only after asking us."""
    return "private, no-store" if _is_personal() else "private, no-cache"


def _is_personal() -> bool:
    """Whether the answer is for one person: a signed-in one, or whoever is at the pages of accounts."""
    if (request.endpoint or "").startswith(OPEN):
        return False
    if request.path.startswith("/account"):
        return True
    # A visitor without our cookie is not asked for it: their answers stay the same for everybody.
    return bool({"session", "remember_token"} & request.cookies.keys()) and "_user_id" in session
