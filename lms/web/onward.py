"""Where a person goes on after a step aside: back to the page that sent them, if it is ours."""

import re

from flask import request

# A path of ours. Browsers read "//host", "/\\host" and control characters in between as another site.
OURS = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def onward(otherwise: str) -> str:
    """Return the `?next=` of the address, or `otherwise` where there is none that is a path of ours."""
    asked = request.args.get("next", "")
    return asked if OURS.fullmatch(asked) else otherwise
