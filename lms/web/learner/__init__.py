"""Pages for a signed-in learner: home, lessons, quiz, evaluation, completion, record."""

from flask import Blueprint

from lms.web.learner import home, record

bp = Blueprint("learner", __name__)
for part in (home, record):
    bp.register_blueprint(part.bp)
