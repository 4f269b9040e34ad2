"""A manager's approvals: what accreditors granted the provider, how each stands, recording and withdrawing."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms import terms
from lms.accreditation.accreditor import ACCREDITORS, MARKS, Accreditor, Rules
from lms.accreditation.commands import record_approval, withdraw_approval
from lms.accreditation.credit import hours_text, method_title
from lms.accreditation.queries import get_approval_of, list_approvals, status_of
from lms.errors import NotFound, Refusal
from lms.web.auth import me, my_roles
from lms.web.author.details import Ticks
from lms.web.author.places import my_provider, tabs_of
from lms.web.forms import BaseForm, choices_of
from lms.web.text import plural, sentence
from lms.web.transaction import db

bp = Blueprint("approvals", __name__, url_prefix="/workshop/providers/<slug>/approvals")


class ApprovalForm(BaseForm):
    """An approval as the accreditor's letter says it."""

    number = StringField("Provider number", [InputRequired("Give the number."), Length(max=60)])
    formats = Ticks(
        "Formats",
        [InputRequired("Choose at least one format.")],
        choices=choices_of({code: sentence(words) for code, words in terms.FORMATS.items()}),
    )
    professions = Ticks(
        "Professions", [InputRequired("Choose at least one profession.")], choices=choices_of(terms.PROFESSIONS)
    )
    valid_from = DateField("Valid from", [InputRequired("Give the first day.")])
    valid_to = DateField("Valid to", [InputRequired("Give the last day.")], description="The last day it is valid.")
    statement = TextAreaField(
        "Approval statement",
        [InputRequired("Give the statement."), Length(max=2000)],
        description="Word for word as the accreditor prescribes it. Where the values go, write {provider}, {number}, "
        "{hours} (such as 1.5 clock hours), {unit}, {from} or {to}.",
    )


class WithdrawForm(BaseForm):
    """From when on."""

    day = DateField(
        "Nothing is credited from", [InputRequired("Give the day.")], description="Today or later; it cannot be undone."
    )


@bp.get("")
def show_all(slug: str) -> str:
    provider = my_provider(slug)
    today = datetime.now(UTC).date()
    rows = [
        (approval, ACCREDITORS[approval.accreditor], status_of(approval, today))
        for approval in list_approvals(db(), provider.id)
    ]
    accreditors = sorted(ACCREDITORS.values(), key=lambda accreditor: accreditor.title)
    return render_template(
        "author/approvals.html",
        provider=provider,
        tabs=tabs_of(provider, "approvals"),
        rows=rows,
        accreditors=accreditors,
    )


@bp.route("/new/<code>", methods=["GET", "POST"])
def record(slug: str, code: str) -> str | Response | tuple[str, int]:
    provider = my_provider(slug)
    if code not in ACCREDITORS:
        raise NotFound("There are no rules of this accreditor here.")
    now = datetime.now(UTC)
    accreditor, rules = ACCREDITORS[code], ACCREDITORS[code].rules_on(now.date())
    form = ApprovalForm(data={"formats": ["self_paced"], "statement": rules.statement})
    if form.submitted():
        try:
            record_approval(db(), provider, accreditor=code, **form.data, by=me().id, now=now)
            flash("The approval is recorded. It counts once an operator has confirmed it; you hear by mail.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "author/approval.html",
        provider=provider,
        accreditor=accreditor,
        rules=rules,
        form=form,
        facts=_facts(accreditor, rules),
    )
    return (page, 422) if form.errors else page


@bp.route("/<int:approval_id>/withdraw", methods=["GET", "POST"])
def withdraw(slug: str, approval_id: int) -> str | Response | tuple[str, int]:
    approval = get_approval_of(db(), my_roles().manager, slug, approval_id)
    now = datetime.now(UTC)
    form = WithdrawForm(data={"day": now.date()})
    if form.submitted():
        try:
            withdraw_approval(db(), approval, day=form.day.data, now=now)
            flash("The approval is withdrawn. Certificates issued before stay valid.", "good")
            return redirect(url_for(".show_all", slug=slug), 303)
        except Refusal as refusal:
            form.refuse(refusal)
    title = ACCREDITORS[approval.accreditor].title
    page = render_template(
        "author/withdraw.html", approval=approval, provider=approval.provider, title=title, form=form
    )
    return (page, 422) if form.errors else page


def _facts(accreditor: Accreditor, rules: Rules) -> list[tuple[str, str, str]]:
    """Return each rule on file: what it is about, what it says, how far it is verified."""
    step, least = (hours_text(value, accreditor.unit) for value in (rules.increment, rules.minimum))
    known = [
        ("hour_minutes", "One hour", plural(rules.hour_minutes, "minute")),
        ("increment", "Step", step),
        ("minimum", "Least credit", least),
        ("methods", "Methods", "; ".join(map(method_title, rules.methods))),
        ("pass_mark", "Pass mark", f"{rules.pass_mark} percent"),
        ("min_objectives", "Objectives", f"at least {rules.min_objectives}"),
        ("review_months", "Content review", f"every {rules.review_months} months"),
        ("retention_years", "Records kept", plural(rules.retention_years, "year")),
        ("course_level_approval", "Approves", "each course" if rules.course_level_approval else "the provider"),
        ("statement", "Statement", "as proposed above"),
    ]
    if rules.max_attempts:
        known.append(("max_attempts", "Attempts", f"at most {rules.max_attempts}"))
    if rules.questions.words:
        known.append(("questions", "Questions", rules.questions.words))
    if rules.max_true_false_share:
        known.append(
            ("max_true_false_share", "True or false", f"at most {rules.max_true_false_share * 100:.0f} percent")
        )
    if rules.max_reference_age_years:
        known.append(("max_reference_age_years", "References", f"from the last {rules.max_reference_age_years} years"))
    if rules.daily_cap_hours:
        known.append(("daily_cap_hours", "Credit in 24 hours", f"at most {plural(rules.daily_cap_hours, 'hour')}"))
    return [(title, text, MARKS[rules.mark(key)]) for key, title, text in known]
