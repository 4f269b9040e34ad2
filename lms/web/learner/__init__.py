"""Pages for a signed-in learner: home, lessons, quiz, evaluation, completion, record."""

from flask import Blueprint

from lms.web.learner import certificates, evaluation, finish, home, lessons, record, test

bp = Blueprint("learner", __name__)
for part in (certificates, evaluation, finish, home, lessons, record, test):
    bp.register_blueprint(part.bp)
