"""Looking up a licensee or a certificate: every look is written down before anything is shown."""

from datetime import UTC, date, datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from lms.awards.document import group_code, thaw
from lms.awards.standing import standing_of
from lms.boards.models import Board
from lms.boards.queries import get_board, list_boards_of
from lms.errors import Invalid, NotFound
from lms.oversight.commands import Query, look_up_certificate, look_up_licensee
from lms.oversight.models import Look
from lms.oversight.queries import (
    count_looks_of_board,
    earned_with,
    get_look_of,
    list_looks_of_board,
)
from lms.web.auth import me, my_roles
from lms.web.board.places import my_board, tabs_of
from lms.web.forms import BaseForm
from lms.web.pages import Page, page_number
from lms.web.seal import seal
from lms.web.transaction import db

bp = Blueprint("lookups", __name__)

PER_PAGE = 50
PLAIN = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class LicenseeForm(BaseForm):
    """A license number; letters and name make sure that it is the right person."""

    number = StringField(
        "License number",
        [InputRequired("Give the full license number."), Length(max=60)],
        description="In full, with its letters, such as LMFT 123456. Capitals, spaces and hyphens do not matter.",
        render_kw=PLAIN,
    )
    credential = StringField(
        "Letters of the license",
        [Length(max=20)],
        description="Only if you left them out above, or if two licenses have the number.",
        render_kw=PLAIN,
    )
    name = StringField(
        "Name, to confirm",
        [Length(max=200)],
        description="Nobody is found by name alone.",
        render_kw={"autocomplete": "off"},
    )
    first_day = DateField("Completed from", [InputRequired("Give the first day.")])
    last_day = DateField("Completed to", [InputRequired("Give the last day.")])

    def query(self) -> Query:
        """Return what was typed; what was not sent is empty."""
        return Query(**{**self.data, "credential": self.credential.data or "", "name": self.name.data or ""})


class CertificateForm(BaseForm):
    """A code, typed as it comes."""

    code = StringField(
        "Certificate code",
        [InputRequired("Type the code from the certificate.")],
        description="26 letters and digits below the QR code.",
        render_kw=PLAIN,
    )


def _asked_board(slug: str) -> tuple[Board, bool]:
    """Return the board an address names and whether the member sits on it: trying another's is written down too."""
    board = get_board(db(), slug)
    return board, board.id in my_roles().boards


def _period() -> dict[str, date]:
    today = datetime.now(UTC).date()
    return {"first_day": date(today.year - 2, 1, 1), "last_day": today}


@bp.get("/board/<slug>/look")
def ask(slug: str) -> str:
    board = my_board(slug)
    return _page(board, LicenseeForm(data=_period()), CertificateForm())


def _page(board: Board, licensee: LicenseeForm, certificate: CertificateForm) -> str:
    return render_template(
        "board/look.html", board=board, tabs=tabs_of(board, "lookups"), licensee=licensee, certificate=certificate
    )


@bp.post("/board/<slug>/look/licensee")
def licensee(slug: str) -> Response | tuple[str, int]:
    board, seated = _asked_board(slug)
    form = LicenseeForm()
    if form.submitted():
        try:
            look = look_up_licensee(db(), board, form.query(), seated=seated, by=me().id, now=datetime.now(UTC))
            return redirect(url_for(".show", look_id=look.id), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    if not seated:
        raise NotFound("There is no such board, or you do not sit on it.")
    return _page(board, form, CertificateForm()), 422


@bp.post("/board/<slug>/look/certificate")
def certificate(slug: str) -> Response | tuple[str, int]:
    """A certificate that names none of this board's licenses leads to the public page and nothing more."""
    board, seated = _asked_board(slug)
    form = CertificateForm()
    if form.submitted():
        try:
            look = look_up_certificate(db(), board, form.code.data, seated=seated, by=me().id, now=datetime.now(UTC))
            if look.outcome == "allowed":
                return redirect(url_for(".show", look_id=look.id), 303)
            return redirect(url_for("public.verify.show", code=look.asked), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    if not seated:
        raise NotFound("There is no such board, or you do not sit on it.")
    return _page(board, LicenseeForm(data=_period()), form), 422


@bp.get("/board/looks/<int:look_id>")
def show(look_id: int) -> str | tuple[str, int]:
    try:
        look = get_look_of(db(), me().id, look_id, now=datetime.now(UTC))
    except NotFound as refusal:
        boards = list_boards_of(db(), me().id)
        return render_template("board/no_look.html", refusal=str(refusal), boards=boards), 404
    if look.board_id not in my_roles().boards:
        raise NotFound("You do not sit on this board any more.")
    if look.kind == "licensee":
        return _licensee(look)
    assert look.award is not None
    return render_template(
        "board/certificate.html",
        look=look,
        board=look.board,
        certificate=thaw(look.award.facts),
        code=group_code(look.award.code),
        state=standing_of(db(), look.award.code, seal()).state,
    )


def _licensee(look: Look) -> str:
    assert look.about is not None
    assert look.first_day is not None
    assert look.last_day is not None
    held = look.held
    assert held is not None
    earned = earned_with(db(), seal(), held, look.first_day, look.last_day)
    return render_template("board/licensee.html", look=look, board=look.board, held=held, earned=earned)


@bp.get("/board/<slug>/looks")
def show_all(slug: str) -> str:
    board = my_board(slug)
    page = Page(count_looks_of_board(db(), board.id), page_number(), PER_PAGE)
    looks = list_looks_of_board(db(), board.id, limit=PER_PAGE, offset=page.offset)
    return render_template("board/looks.html", board=board, tabs=tabs_of(board, "looks"), looks=looks, page=page)
