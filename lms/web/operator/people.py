"""The people: finding them, closing and opening accounts, sending the confirming link again."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_security.confirmable import send_confirmation_instructions
from werkzeug.wrappers import Response

from lms.errors import Conflict
from lms.people.commands import activate, deactivate
from lms.people.queries import PEOPLE_A_PAGE, get_user, search_people
from lms.web.auth import me
from lms.web.pages import Page, page_number
from lms.web.transaction import db

bp = Blueprint("people", __name__, url_prefix="/operator/people")


@bp.get("")
def show_all() -> str:
    words = request.args.get("q", "").strip()
    number = page_number()
    people, total = search_people(db(), words, page=number)
    return render_template(
        "operator/people.html", people=people, words=words, page=Page(total, number, PEOPLE_A_PAGE), me=me().id
    )


@bp.post("/<int:user_id>/deactivate")
def close(user_id: int) -> Response:
    user = get_user(db(), user_id)
    deactivate(db(), user, by=me().id)
    return _back(f"The account of {user.name} is closed.", user.email)


@bp.post("/<int:user_id>/activate")
def reopen(user_id: int) -> Response:
    user = get_user(db(), user_id)
    activate(db(), user)
    return _back(f"The account of {user.name} is open again.", user.email)


@bp.post("/<int:user_id>/confirmation")
def send_link(user_id: int) -> Response:
    user = get_user(db(), user_id)
    if user.confirmed_at is not None:
        raise Conflict("This address is confirmed already.")
    send_confirmation_instructions(user)  # type: ignore[no-untyped-call]
    return _back(f"A link is on its way to {user.email}.", user.email)


def _back(message: str, email: str) -> Response:
    flash(message, "good")
    return redirect(url_for(".show_all", q=email), 303)
