"""Pages for a signed-in learner: home, lessons, quiz, evaluation, completion, record."""

from flask import Blueprint

from lms.web.learner import audits, certificates, evaluation, finish, home, lessons, packets, record, sharing, test

bp = Blueprint("learner", __name__)
for part in (audits, certificates, evaluation, finish, home, lessons, packets, record, sharing, test):
    bp.register_blueprint(part.bp)
