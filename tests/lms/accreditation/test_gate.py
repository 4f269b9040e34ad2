"""The gate: a complete draft passes, and each requirement is broken by a test of its own."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from lms.accreditation import gate
from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.commands import waive_credit
from lms.accreditation.gate import FIELDS, is_measurable, list_checks, list_unmet
from lms.accreditation.models import Approval, CreditCalculation
from lms.accreditation.queries import get_dossier
from lms.assessments.models import Item, Quiz, QuizDraw
from lms.modules.commands import add_months
from lms.modules.models import Contributor, Lesson, Objective, Reference

TITLE = ACCREDITORS["DEMO"].title


@pytest.fixture
def draft(ready):
    return ready.draft()


@pytest.fixture
def unmet(session, draft, now):
    """Ask the gate about the draft as it is now: (field, accreditor) and words of each unmet requirement."""

    def ask(**options):
        session.flush()
        session.expire_all()
        return list_unmet(session, draft, today=now.date(), **options)

    return ask


@pytest.fixture
def only(unmet):
    """Return the words of the one unmet requirement; fail when there is another or none."""

    def ask(field, accreditor=None, **options):
        found = unmet(**options)
        assert [(one.field, one.accreditor) for one in found] == [(field, accreditor)], found
        return found[0].requirement

    return ask


@pytest.fixture
def demo(monkeypatch):
    """Change a rule of the fictional accreditor for this test."""

    def change(**rules):
        accreditor = ACCREDITORS["DEMO"]
        changed = tuple(replace(edition, **rules) for edition in accreditor.editions)
        monkeypatch.setitem(ACCREDITORS, "DEMO", replace(accreditor, editions=changed))

    return change


def rows(session, kind, draft):
    return session.scalars(select(kind).where(kind.edition_id == draft.id).order_by(kind.position)).all()


def test_a_complete_draft_lacks_nothing(unmet, draft, session, now):
    assert unmet() == []
    checks = list_checks(get_dossier(session, draft), now.date())
    assert len(checks) > 35
    assert {check.field for check in checks} == set(FIELDS)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("title", "title"),
        ("summary", "summary"),
        ("description", "Describe the module"),
        ("commercial_support", "commercial support"),
        ("originality", "how the text was made"),
        ("content_license", "license of the content"),
        ("cost", "costs"),
        ("level", "level"),
    ],
)
def test_details_have_to_be_stated(only, draft, field, said):
    setattr(draft, field, "  ")
    assert said in only("details")


def test_an_audience_has_to_be_chosen(unmet, draft):
    draft.audience = []
    assert "details" in [one.field for one in unmet()]


def test_a_release_date_is_needed(only, draft):
    draft.released_on = None
    assert "release date" in only("dates")


def test_a_review_date_is_needed(only, draft):
    draft.reviewed_on = None
    assert "content review" in only("dates")


def test_a_review_cannot_lie_in_the_future(only, draft, now):
    draft.reviewed_on = now.date() + timedelta(days=1)
    assert "future" in only("dates")


def test_an_expiry_date_is_needed(only, draft):
    draft.expires_on = None
    assert "expires" in only("dates")


def test_an_expired_draft_is_refused(only, draft, now):
    draft.expires_on = now.date()
    draft.reviewed_on = date(2026, 1, 1)
    draft.expires_on = now.date() - timedelta(days=1)
    assert "expired on 13 September 2026" in only("dates")


def test_the_last_day_is_not_past(unmet, draft, now):
    draft.expires_on = now.date()
    assert unmet() == []


def test_a_review_lasts_three_years(only, unmet, draft):
    draft.reviewed_on = date(2026, 6, 1)
    draft.expires_on = date(2029, 6, 1)
    assert unmet() == []
    draft.expires_on = date(2029, 6, 2)
    assert "lasts until 1 June 2029" in only("dates")


def test_an_accreditor_may_want_reviews_more_often(only, draft, demo):
    demo(review_months=12)
    draft.reviewed_on = date(2026, 6, 1)
    assert "1 June 2027" in only("dates", TITLE)


def test_three_objectives_are_needed(session, unmet, draft):
    for objective in rows(session, Objective, draft)[2:]:
        session.execute(delete(QuizDraw).where(QuizDraw.objective_id == objective.id))
        session.execute(delete(Item).where(Item.objective_id == objective.id))
        session.delete(objective)
    assert "Write at least 3 measurable objectives; there are 2." in [one.requirement for one in unmet()]


def test_an_accreditor_may_want_more_objectives(only, demo):
    demo(min_objectives=6)
    assert "at least 6" in only("objectives", TITLE)


def test_objectives_have_to_be_measurable(session, only, draft):
    rows(session, Objective, draft)[0].text = "Understand consent."
    assert "“Understand consent”." in only("objectives")


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("Identify four", True),
        ("Name: the", True),
        ("  describe", True),
        ("Know the", False),
        ("", False),
        ("I apply", False),
    ],
)
def test_measurable_is_what_can_be_seen(text, good):
    assert is_measurable(text) is good


def test_a_lesson_is_needed(session, unmet, draft):
    session.execute(delete(Lesson).where(Lesson.edition_id == draft.id))
    assert "Write at least one lesson." in [one.requirement for one in unmet()]


def test_lessons_must_not_be_empty(session, only, draft):
    rows(session, Lesson, draft)[1].words = 0
    assert "“Lesson 2”" in only("lessons")


def test_a_lesson_may_be_a_film(session, unmet, draft):
    lesson = rows(session, Lesson, draft)[1]
    lesson.words, lesson.media_seconds = 0, 60
    assert unmet() == []


@pytest.mark.parametrize(("role", "said"), [("author", "author"), ("planner", "planner")])
def test_an_author_and_a_planner_are_needed(session, only, draft, role, said):
    session.execute(delete(Contributor).where(Contributor.edition_id == draft.id, Contributor.role == role))
    assert f"at least one {said}" in only("contributors")


@pytest.mark.parametrize(
    ("field", "said"), [("credentials", "credentials"), ("bio", "biography"), ("disclosure", "conflicts of interest")]
)
def test_an_author_is_described(session, only, draft, field, said):
    of_author = update(Contributor).where(Contributor.edition_id == draft.id, Contributor.role == "author")
    session.execute(of_author.values({field: " "}))
    assert f"{said} of Doctor author" in only("contributors")


def test_references_are_needed(session, only, draft):
    session.execute(delete(Reference).where(Reference.edition_id == draft.id))
    assert "references" in only("references")


def test_half_of_the_references_are_recent(session, only, draft):
    for reference in rows(session, Reference, draft)[1:]:
        reference.year, reference.seminal = 2010, True
    assert only("references").startswith("Only 0 of 3 references")


def test_older_references_are_marked_as_seminal(session, only, draft):
    rows(session, Reference, draft)[0].seminal = False
    assert "Author (2015)" in only("references")


def test_an_accreditor_may_want_younger_references(only, demo):
    demo(max_reference_age_years=5)
    assert "Author (2020)" in only("references", TITLE)


def test_every_question_needs_its_rationales(session, only, draft):
    item = rows(session, Item, draft)[0]
    options = [{**option, "rationale": ""} for option in item.definition["options"]]
    item.definition = {"options": options}
    assert "Say why this option is right or wrong." in only("items")


def test_every_question_needs_a_text(session, only, draft):
    rows(session, Item, draft)[0].stem = " "
    assert "no text" in only("items")


def test_the_bank_is_half_as_large_again_as_the_test(session, only, draft):
    session.delete(rows(session, Item, draft)[0])
    assert only("items") == (
        "A test of 10 questions needs at least 15 to draw from, so that a second try differs; there are 14."
    )


def test_a_test_is_needed(session, unmet, draft):
    session.execute(delete(QuizDraw).where(QuizDraw.edition_id == draft.id))
    session.execute(delete(Quiz).where(Quiz.edition_id == draft.id))
    assert "Set up the post-test." in [one.requirement for one in unmet()]


def test_every_objective_is_asked_about(session, only, draft):
    first, second = rows(session, Objective, draft)[:2]
    session.get(QuizDraw, (draft.id, first.id)).count = 0
    session.get(QuizDraw, (draft.id, second.id)).count = 4
    session.add(rows(session, Item, draft)[0].__class__(
        edition_id=draft.id, objective_id=second.id, position=9, kind="single_best", stem="One more",
        definition=rows(session, Item, draft)[0].definition,
    ))  # fmt: skip
    assert f"“{first.text.removesuffix('.')}”." in only("quiz")


def test_the_bank_has_what_is_drawn(session, only, draft):
    first, second = rows(session, Objective, draft)[:2]
    session.get(QuizDraw, (draft.id, first.id)).count = 4
    session.get(QuizDraw, (draft.id, second.id)).count = 1
    session.execute(
        update(QuizDraw).where(QuizDraw.objective_id == rows(session, Objective, draft)[2].id).values(count=1)
    )
    assert f"“{first.text.rstrip('.')}” draws 4 and has 3" in only("quiz")


def test_the_accreditor_wants_so_many_questions(session, only, draft):
    session.get(QuizDraw, (draft.id, rows(session, Objective, draft)[0].id)).count = 1
    assert only("quiz", TITLE) == "For 1 demo hour the test needs 10 questions; it has 9."


def test_the_accreditor_limits_true_or_false(session, only, draft, demo):
    demo(max_true_false_share=Decimal("0.1"))
    items = rows(session, Item, draft)
    definition = {
        "options": [{"text": word, "right": word == "True", "rationale": "So."} for word in ("True", "False")]
    }
    items[0].kind, items[0].definition = "true_false", definition
    session.flush()
    other = next(item for item in items if item.objective_id != items[0].objective_id)
    other.kind, other.definition = "true_false", definition
    assert only("items", TITLE) == "Up to 20 percent of a test may be true or false; at most 10 are allowed."


def test_one_in_ten_may_be_true_or_false(session, unmet, draft, demo):
    demo(max_true_false_share=Decimal("0.1"))
    item = rows(session, Item, draft)[0]
    item.kind = "true_false"
    item.definition = {"options": [{"text": w, "right": w == "True", "rationale": "So."} for w in ("True", "False")]}
    assert unmet() == []


def test_the_accreditor_sets_the_pass_mark(session, only, draft):
    session.get(Quiz, draft.id).pass_mark = 79
    assert only("quiz", TITLE) == "Raise the pass mark from 79 to at least 80 percent."


@pytest.mark.parametrize("attempts", [4, None])
def test_the_accreditor_limits_attempts(session, only, draft, attempts):
    session.get(Quiz, draft.id).attempts = attempts
    assert only("quiz", TITLE) == "Allow at most 3 attempts."


@pytest.mark.parametrize(
    "field",
    ["refund_policy", "accommodation_policy", "grievance_policy", "system_requirements", "signatory_name",
     "signatory_title", "address", "telephone"],
)  # fmt: skip
def test_the_provider_says_what_learners_and_boards_ask(only, draft, field):
    setattr(draft.module.provider, field, "")
    assert only("provider")


def test_credit_has_to_be_calculated_where_there_is_an_approval(session, only, draft):
    session.execute(delete(CreditCalculation).where(CreditCalculation.edition_id == draft.id))
    assert "Calculate the credit" in only("credit")


def test_no_credit_at_all_says_why(only, draft):
    draft.words = 1400
    said = only("credit", TITLE)
    assert "1,400 words at 6,000 words an hour" in said
    assert "below the minimum of 0.25 demo hours" in said


def test_topics_add_up_to_the_hours_as_counted_now(only, draft):
    draft.words = 4600
    assert only("credit", TITLE) == "Split the 0.75 demo hours by topic, so that they add up."


def test_a_method_the_accreditor_gave_up_is_refused(only, demo):
    demo(methods=("mergener",))
    assert "does not accept the method any more" in only("credit", TITLE)


def test_a_pilot_without_testers_is_refused(session, only, draft):
    session.scalars(select(CreditCalculation)).one().method = "pilot"
    assert "at least 3 testers" in only("credit", TITLE)


def test_an_accreditor_without_rules_for_the_day_is_refused(session, draft, demo):
    demo(starts=date(2030, 1, 1))
    assert "no rules" in list_unmet(session, draft, today=date(2026, 9, 14))[0].requirement


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"valid_to": date(2026, 9, 13)}, "expired on 13 september 2026"),
        ({"valid_from": date(2026, 9, 15)}, "begins on 15 september 2026"),
        ({"withdrawn_on": date(2026, 9, 14)}, "withdrawn from 14 september 2026"),
        ({"formats": ["live_webinar"]}, "active"),
        ({"professions": ["addiction_counselor"]}, "active"),
    ],
)
def test_an_approval_is_in_force(session, only, draft, changes, said):
    approval = session.scalars(select(Approval).where(Approval.provider_id == draft.module.provider_id)).one()
    for name, value in changes.items():
        setattr(approval, name, value)
    assert said in only("approval", TITLE)


def test_a_draft_is_handed_in(only, draft):
    draft.submitted_at = None
    assert only("review") == "Hand the draft in for review."


def test_nobody_approves_their_own_work(only, unmet, draft):
    assert "You worked on this draft" in only("review", by=draft.editors[0])
    assert unmet(by=0) == []


def test_without_any_approval_only_the_general_requirements_count(session, ready, now):
    draft = ready.draft(approved=False)
    session.get(Quiz, draft.id).pass_mark = 50
    assert list_unmet(session, draft, today=now.date()) == []


def test_credit_may_be_waived(session, unmet, draft, now):
    session.get(Quiz, draft.id).pass_mark = 50
    waive_credit(session, draft, by=draft.editors[0], now=now)
    draft.submitted_at = now
    assert unmet() == []


def test_the_gate_reads_in_few_statements(session, draft, ready, now, statements):
    def count():
        session.flush()
        session.expunge_all()
        edition = session.get(type(draft), draft.id)
        assert edition.module.provider
        statements.clear()
        list_unmet(session, edition, today=now.date())
        return len(statements)

    few = count()
    for number in range(20):
        session.add(Lesson(edition_id=draft.id, position=9, slug=f"more-{number}", title="More", body="x", words=1))
    assert few == count() == 5


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
        (date(2026, 11, 21), 36, date(2029, 11, 21)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_later(day, months, then):
    assert add_months(day, months) == then


def test_long_lists_are_cut():
    assert gate._quote(["a", "b", "c", "d", "e"]) == "“a”, “b”, “c” and 2 more"
    assert gate._quote(["x" * 80]) == f"“{'x' * 57}...”"
    assert gate._and(["A", "B", "C"]) == "A, B and C"


def test_a_paper_draws_no_more_true_or_false_than_it_draws(session, draft, only, demo):
    demo(max_true_false_share=Decimal("0.1"))
    items = rows(session, Item, draft)
    for item in items:
        if item.objective_id == items[0].objective_id:
            item.kind = "true_false"
            item.definition = {
                "options": [{"text": w, "right": w == "True", "rationale": "So."} for w in ("True", "No")]
            }
    assert only("items", TITLE).startswith("Up to 20 percent of a test")


def test_an_empty_test_has_no_share_of_anything(session, draft):
    session.execute(delete(QuizDraw).where(QuizDraw.edition_id == draft.id))
    assert gate.worst_share(get_dossier(session, draft)) == 0
