"""Pages for a signed-in learner: home, lessons, quiz, evaluation, completion, record."""

from lms.web.parts import audience

bp = audience(__name__)
