"""What programs ask: JSON under /api/v1, its OpenAPI document, and a page about it."""

from flask_wtf.csrf import CSRFProtect

from lms.web.api import batch
from lms.web.parts import audience

bp = audience(__name__)


def exempt(protection: CSRFProtect) -> None:
    """Take this audience's POSTs out of the forgery check.

    A forger borrows the cookies of a browser, and nothing here reads one: whoever posts shows a token in a header
    that no other site can set.
    """
    protection.exempt(batch.check_many)
