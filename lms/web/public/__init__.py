"""Pages for anyone: home, catalogue, module pages, providers, verification."""

from lms.web.parts import audience

bp = audience(__name__)
