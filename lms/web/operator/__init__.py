"""Pages for who runs the place: health, mail, outbox, people, providers, approvals, boards."""

from lms.web.parts import audience

bp = audience(__name__)
