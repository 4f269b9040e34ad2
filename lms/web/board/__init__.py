"""Pages for members of a licensing board: the desk, look-ups, batches, audits."""

from lms.web.parts import audience

bp = audience(__name__)
