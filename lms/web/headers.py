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

    @app.after_request
    def _guard(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if settings.secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
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
