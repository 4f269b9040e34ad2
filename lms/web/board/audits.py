"""A board's audits: opening a case, who answered, deciding, closing."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.errors import Conflict, Invalid, Refusal
from lms.oversight.commands import (
    Plan,
    close_audit,
    comment,
    decide,
    note_opening,
    open_audit,
    stop_before_accepting,
)
from lms.oversight.models import Audit, Subject
from lms.oversight.queries import (
    cases_of,
    doubted_in,
    get_audit_of,
    get_packet_for,
    get_subject_of,
    list_cases,
    list_files,
    list_findings,
    list_history,
    packed_in,
    place_in,
)
from lms.oversight.state import STATES, State
from lms.web.auth import me, my_roles
from lms.web.board.places import my_board, tabs_of
from lms.web.files import send_packet
from lms.web.forms import BaseForm, choices_of
from lms.web.seal import seal
from lms.web.text import plural
from lms.web.transaction import db

bp = Blueprint("audits", __name__, url_prefix="/board/<slug>/audits")

DAYS_TO_ANSWER = 30
DECISIONS = {
    "accepted": "Accept the answer",
    "returned": "Return it, something is missing",
    "refused": "Refuse it, nothing more is asked",
}
CLOSE = {"closed": "Close without an answer"}
ENDS: dict[State, str] = {
    "unknown": "Nobody here holds the number, so nobody can be told. It ends as “Not answered”.",
    "waiting": "It ends as “Not answered”, and no answer can be sent any more.",
    "answered": "The board has not decided. It ends as “Answered, not decided”.",
    "returned": "No further answer has come. It ends as “Asked again, not answered”.",
    "accepted": "It stays so.",
    "refused": "It stays so.",
    "closed": "It stays so.",
}
"""What becomes of a license in each state when its audit is closed."""


class AuditForm(BaseForm):
    """A new case."""

    title = StringField("Title", [InputRequired("Give the audit a title."), Length(max=200)])
    first_day = DateField("Completed from", [InputRequired("Give the first day.")])
    last_day = DateField("Completed to", [InputRequired("Give the last day.")])
    due_on = DateField("Answer due by", [InputRequired("Give the day.")])
    asks = StringField(
        "Hours asked for", [Length(max=200)],
        description="If any, such as “36 hours, 6 of them ethics”. Licensees read it, and you see it by each answer.",
    )  # fmt: skip
    numbers = TextAreaField(
        "License numbers", [Length(max=50_000)], description="One in each line. Leave it empty to draw a sample.",
        render_kw={"rows": 6, "spellcheck": "false"},
    )  # fmt: skip
    sample = IntegerField("Or draw a sample of", [Optional(), NumberRange(0, 500)], description="How many licensees.")
    seed = StringField(
        "Seed of the sample", [Length(max=100)],
        description="Fixed in public before the draw, such as a lottery's numbers. Left empty, we draw a seed.",
    )  # fmt: skip


class DecisionForm(BaseForm):
    """What becomes of an answer."""

    kind = RadioField("Decision", [InputRequired("Choose what to do.")], choices=choices_of(DECISIONS | CLOSE))
    text = TextAreaField(
        "Words to the licensee", [Length(max=4000)], description="Needed when you return or refuse it."
    )
    anyway = BooleanField("Accept it with files that were not checked or were altered")


class CommentForm(BaseForm):
    """A comment on one license."""

    text = TextAreaField("Comment", [InputRequired("Write something first."), Length(max=4000)])
    private = BooleanField("Only for the board", description="Otherwise the licensee sees it too.")


@bp.get("")
def show_all(slug: str) -> str:
    board = my_board(slug)
    cases = list_cases(db(), [board.id], now=datetime.now(UTC))
    return render_template("board/audits.html", board=board, tabs=tabs_of(board, "audits"), cases=cases)


@bp.route("/new", methods=["GET", "POST"])
def begin(slug: str) -> str | Response | tuple[str, int]:
    board = my_board(slug)
    now = datetime.now(UTC)
    today = now.date()
    form = AuditForm(
        data={
            "first_day": today.replace(year=today.year - 2, day=1),
            "last_day": today,
            "due_on": today + timedelta(days=DAYS_TO_ANSWER),
        }
    )
    if form.submitted():
        plan = Plan(
            **{
                **form.data,
                "numbers": _split(form.numbers.data),
                "sample": form.sample.data or 0,
                "seed": form.seed.data or "",
                "asks": form.asks.data or "",
            }
        )
        try:
            audit = open_audit(db(), board, plan, by=me().id, public_url=_public_url(), now=now)
            flash("The audit is open. Every licensee we know has been told.", "good")
            if audit.pool_size and audit.pool_size < plan.sample:
                flash(f"Only {plural(audit.pool_size, 'licensee')} could be drawn, so all are in the sample.", "info")
            return redirect(url_for(".show", slug=slug, audit_id=audit.id), 303)
        except Invalid as refusal:
            form.refuse(refusal)
    page = render_template("board/audit_new.html", board=board, form=form)
    return (page, 422) if form.errors else page


def _split(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").replace(",", "\n").replace(";", "\n").splitlines() if part.strip()]


@bp.get("/<int:audit_id>")
def show(slug: str, audit_id: int) -> str:
    audit = _audit(slug, audit_id)
    (case,) = cases_of(db(), [audit], now=datetime.now(UTC))
    tabs = tabs_of(audit.board, "audits")
    early = datetime.now(UTC).date() <= audit.due_on
    return render_template(
        "board/audit.html", board=audit.board, tabs=tabs, case=case, states=STATES, ends=ENDS, early=early
    )


@bp.post("/<int:audit_id>/close")
def close(slug: str, audit_id: int) -> Response:
    told = close_audit(db(), _audit(slug, audit_id), by=me().id, public_url=_public_url(), now=datetime.now(UTC))
    mailed = f" {plural(told, 'licensee')} told by mail." if told else ""
    flash(f"The audit is closed.{mailed}", "good")
    return redirect(url_for(".show", slug=slug, audit_id=audit_id), 303)


@bp.get("/<int:audit_id>/licenses/<int:subject_id>")
def answer(slug: str, audit_id: int, subject_id: int) -> str:
    return _page(_subject(slug, audit_id, subject_id), DecisionForm(), CommentForm(prefix="comment"))


@bp.post("/<int:audit_id>/licenses/<int:subject_id>/decide")
def settle(slug: str, audit_id: int, subject_id: int) -> Response | tuple[str, int]:
    subject = _subject(slug, audit_id, subject_id)
    form = DecisionForm()
    if form.submitted():
        try:
            if form.kind.data == "accepted" and not form.anyway.data:
                stop_before_accepting(db(), subject)
            decide(
                db(), subject, form.kind.data, form.text.data or "",
                by=me().id, public_url=_public_url(), now=datetime.now(UTC),
            )  # fmt: skip
            flash("Your decision is written down, and the licensee is told.", "good")
            return redirect(url_for(".show", slug=slug, audit_id=audit_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(subject, form, CommentForm(prefix="comment")), 422


@bp.post("/<int:audit_id>/licenses/<int:subject_id>/comment")
def say(slug: str, audit_id: int, subject_id: int) -> Response | tuple[str, int]:
    subject = _subject(slug, audit_id, subject_id)
    form = CommentForm(prefix="comment")
    if form.submitted():
        try:
            comment(db(), subject, form.text.data, private=form.private.data, by=me().id, now=datetime.now(UTC))
            return redirect(url_for(".answer", slug=slug, audit_id=audit_id, subject_id=subject_id), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    return _page(subject, DecisionForm(), form), 422


@bp.post("/<int:audit_id>/licenses/<int:subject_id>/packets/<int:packet_id>")
def fetch(slug: str, audit_id: int, subject_id: int, packet_id: int) -> Response:
    """Hand the packet over and write down who opened it; a POST, because it writes."""
    subject = _subject(slug, audit_id, subject_id)
    packet = get_packet_for(db(), subject, packet_id)
    if packet.made_at is None:
        raise Conflict("The packet is still being put together. Try again in a minute.")
    note_opening(db(), subject.audit.board_id, packet, by=me().id, now=datetime.now(UTC))
    return send_packet(packet)


def _public_url() -> str:
    return str(current_app.extensions["settings"].public_url)


def _audit(slug: str, audit_id: int) -> Audit:
    return get_audit_of(db(), my_roles().boards, slug, audit_id)


def _subject(slug: str, audit_id: int, subject_id: int) -> Subject:
    return get_subject_of(db(), _audit(slug, audit_id), subject_id)


def _page(subject: Subject, decision: DecisionForm, remark: CommentForm) -> str:
    row = place_in(db(), subject, now=datetime.now(UTC))
    history = list_history(db(), subject.id, for_board=True)
    packet = next((entry.packet for entry in reversed(history) if entry.packet), None)
    if row.place.state == "answered":
        decision.kind.choices = choices_of(DECISIONS)
    else:
        del decision.kind  # all that is left to do is to close it
        decision.text.description = ""
    files, findings = list_files(db(), subject.id), list_findings(db(), subject)
    if row.place.state != "answered" or not doubted_in(history, files, findings):
        del decision.anyway
    return render_template(
        "board/answer.html",
        audit=subject.audit,
        board=subject.audit.board,
        row=row,
        history=history,
        packet=packet,
        packed=packed_in(db(), seal(), packet) if packet and packet.made_at else None,
        files=files,
        findings=findings,
        decision=decision,
        remark=remark,
    )
