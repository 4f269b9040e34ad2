"""Pages for people who work for a provider: the workshop."""

from lms.web.parts import audience

bp = audience(__name__)
