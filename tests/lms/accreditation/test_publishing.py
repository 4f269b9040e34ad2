"""Calculating, reviewing, publishing, and beginning the next draft."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.accreditation.commands import (
    begin_next_draft,
    calculate_credit,
    drop_credit,
    publish_edition,
    send_back,
    submit_for_review,
    waive_credit,
)
from lms.accreditation.content import hash_of
from lms.accreditation.models import CreditCalculation
from lms.accreditation.queries import get_dossier, list_creditable
from lms.assessments.models import Item, Quiz, QuizDraw
from lms.errors import Conflict, Invalid, NotAllowed
from lms.modules.models import Contributor, Lesson, Media, Objective, Reference
from lms.modules.queries import list_media
from lms.modules.search import search_modules
from lms.outbox import Promise


@pytest.fixture
def draft(ready):
    return ready.draft()


@pytest.fixture
def reviewer(draft, make):
    return make.member(draft.module.provider, "reviewer")


@pytest.fixture
def calculate(session, draft, now):
    def do(method="word_rate:6000", accreditor="DEMO", **options):
        return calculate_credit(session, draft, accreditor, method, by=draft.editors[0], now=now, **options)

    return do


@pytest.fixture
def publish(session, draft, reviewer, now):
    return lambda: publish_edition(session, draft, by=reviewer.id, now=now)


def mails(session):
    return {row.payload["to"]: row.payload for row in session.scalars(select(Promise))}


def test_a_calculation_keeps_how_it_was_found(calculate, draft, now):
    row = calculate()
    assert row.inputs == {"words": 6000, "words_an_hour": 6000, "media_seconds": 0}
    assert (row.minutes, row.hours, row.topics) == (Fraction(60), Decimal(1), {"ethics": "1.00"})
    assert (row.calculated_at, row.calculated_by) == (now, draft.editors[0])


def test_a_new_calculation_takes_the_place_of_the_old_one(calculate, session, draft):
    first = calculate()
    second = calculate("pilot", pilot_minutes=[50, 50, 50])
    assert second is first
    assert (second.hours, second.pilot_minutes, second.topics) == (Decimal("0.75"), [50, 50, 50], {})
    assert calculate("mergener").pilot_minutes == []


def test_mergener_counts_the_questions_of_a_paper_and_not_of_the_bank(calculate):
    assert calculate("mergener").inputs["questions"] == 10


def test_topics_are_stored_as_given_when_they_add_up(calculate):
    row = calculate(topics={"ethics": "0.25", "telehealth": Decimal("0.75"), "general": "0"})
    assert row.topics == {"ethics": "0.25", "telehealth": "0.75"}


@pytest.mark.parametrize(
    "topics",
    [{"ethics": "0.5"}, {"ethics": "1.25"}, {"cooking": "1"}, {"ethics": "x"}, {"ethics": "-1", "general": "2"},
     {"ethics": "0.995", "general": "0.005"}, {"ethics": "NaN"}, {}],
)  # fmt: skip
def test_topics_that_do_not_add_up_are_refused(calculate, topics):
    with pytest.raises(Invalid) as refusal:
        calculate(topics=topics)
    assert "topics" in refusal.value.problems


def test_a_method_the_accreditor_does_not_accept_is_refused(calculate):
    with pytest.raises(Invalid) as refusal:
        calculate("word_rate:100")
    assert "method" in refusal.value.problems


def test_too_few_testers_are_refused(calculate):
    with pytest.raises(Invalid) as refusal:
        calculate("pilot", pilot_minutes=[60])
    assert "pilot_minutes" in refusal.value.problems


def test_credit_needs_an_approval_that_is_not_withdrawn(calculate, draft, make, now):
    make.approval(draft.module.provider, accreditor="NBCC", withdrawn_on=now.date())
    make.approval(make.provider(), accreditor="NASW")
    for accreditor in ("NBCC", "NASW", "NOBODY"):
        with pytest.raises(Invalid) as refusal:
            calculate(accreditor=accreditor)
        assert "accreditor" in refusal.value.problems


def test_calculating_is_editing(calculate, session, draft, make, now):
    by = make.user().id
    calculate_credit(session, draft, "DEMO", "mergener", by=by, now=now)
    assert by in draft.editors
    assert draft.submitted_at is None


def test_credit_is_dropped_or_waived_and_claimed_again(calculate, session, draft, now):
    by = draft.editors[0]
    drop_credit(session, draft, "DEMO", by=by, now=now)
    drop_credit(session, draft, "DEMO", by=by, now=now)
    assert session.scalars(select(CreditCalculation)).all() == []
    calculate()
    waive_credit(session, draft, by=by, now=now)
    assert draft.without_credit
    assert session.scalars(select(CreditCalculation)).all() == []
    calculate()
    assert not draft.without_credit


def test_handing_in_tells_those_who_may_approve(session, ready, make, now):
    draft = ready.draft(submitted=False, title="A draft")
    provider = draft.module.provider
    told = {make.member(provider, "reviewer").email, make.member(provider, "manager").email}
    make.member(provider, "reviewer", session.get(type(make.user()), draft.editors[0]))
    make.member(make.provider(), "reviewer")
    make.member(provider, "reviewer", make.user(active=False))
    submit_for_review(session, draft, link="https://example.org/gate", by=draft.editors[0], now=now)
    assert draft.submitted_at == now
    assert set(mails(session)) == told
    mail = mails(session).popitem()[1]
    assert mail["subject"] == "For review: A draft"
    assert "https://example.org/gate" in mail["text"]


def test_handing_in_twice_tells_once(session, ready, make, now):
    draft = ready.draft(submitted=False)
    make.member(draft.module.provider, "reviewer")
    for minutes in (0, 1):
        submit_for_review(session, draft, by=draft.editors[0], now=now + timedelta(minutes=minutes))
    assert draft.submitted_at == now
    assert len(session.scalars(select(Promise)).all()) == 1


def test_an_unfinished_draft_is_not_handed_in(session, ready, now):
    draft = ready.draft(submitted=False)
    draft.summary = ""
    with pytest.raises(Invalid, match="Write the summary"):
        submit_for_review(session, draft, by=draft.editors[0], now=now)
    assert draft.submitted_at is None


def test_what_authors_cannot_mend_does_not_keep_them(session, ready, make, now):
    draft = ready.draft(submitted=False)
    draft.module.provider.refund_policy = ""
    assert submit_for_review(session, draft, by=draft.editors[0], now=now).submitted_at == now


def test_sending_back_tells_the_editors_why(session, draft, reviewer, now):
    send_back(session, draft, " Say more about consent. ", by=reviewer.id, now=now)
    assert (draft.submitted_at, draft.review_note) == (None, "Say more about consent.")
    (mail,) = mails(session).values()
    assert "Say more about consent." in mail["text"]


def test_sending_back_needs_a_note_and_something_handed_in(session, draft, reviewer, now):
    with pytest.raises(Invalid):
        send_back(session, draft, " ", by=reviewer.id, now=now)
    send_back(session, draft, "Once.", by=reviewer.id, now=now)
    with pytest.raises(Conflict):
        send_back(session, draft, "Twice.", by=reviewer.id, now=now)


def test_publishing_closes_the_edition(publish, session, draft, reviewer, now):
    publish()
    assert (draft.published_at, draft.published_by, draft.number) == (now, reviewer.id, 1)
    assert draft.policies == {
        "refund": "Free of charge.",
        "accommodation": "Write to office@example.org.",
        "grievance": "Write to us.",
        "system": "Any current browser.",
    }
    assert len(draft.content_hash) == 64
    assert search_modules(session, draft.title).ids == (draft.module_id,)
    assert [mail["subject"] for mail in mails(session).values()] == [f"Published: {draft.title}"]
    assert list_creditable(session, draft, day=now.date())[0].hours == 1


def test_publishing_counts_once_more_and_stores_what_changed(publish, session, draft, now):
    media = Media(
        module_id=draft.module_id, kind="video", sha256="0" * 64, content_type="video/mp4", filename="a.mp4", size=1,
        seconds=900, alt="A film", uploaded_at=now, uploaded_by=draft.editors[0],
    )  # fmt: skip
    session.add(media)
    session.flush()
    lesson = session.scalars(select(Lesson).where(Lesson.edition_id == draft.id)).first()
    lesson.body = f"![Film](media:{media.id})\n\n" + "word " * 1500
    draft.topics = {"ethics": "1.00"}
    publish()
    # a caption of one word and 1,500 words, instead of 3,000; and a quarter of an hour of film
    assert (lesson.words, lesson.media_seconds) == (1501, 900)
    assert (draft.words, draft.media_seconds) == (4501, 900)
    row = session.scalars(select(CreditCalculation)).one()
    assert row.minutes == Fraction(4501, 100) + 15
    assert row.calculated_by == draft.published_by


def test_publishing_leaves_a_calculation_that_still_stands(publish, session, draft):
    before = session.scalars(select(CreditCalculation)).one().calculated_by
    publish()
    assert session.scalars(select(CreditCalculation)).one().calculated_by == before


def test_a_split_that_no_longer_adds_up_keeps_it_from_publishing(publish, session, draft):
    session.scalars(select(Lesson).where(Lesson.edition_id == draft.id)).first().body = "word " * 1600
    with pytest.raises(Invalid, match=r"Split the 0\.75 demo hours"):
        publish()
    assert draft.published_at is None


def test_an_unmet_requirement_keeps_it_from_publishing(publish, draft, session):
    draft.content_license = ""
    session.flush()
    with pytest.raises(Invalid, match="license of the content"):
        publish()


def test_a_draft_that_was_not_handed_in_is_not_published(publish, draft, session):
    draft.submitted_at = None
    session.flush()
    with pytest.raises(Invalid, match="Hand the draft in"):
        publish()


def test_whoever_worked_on_it_does_not_publish_it(session, draft, now):
    with pytest.raises(NotAllowed):
        publish_edition(session, draft, by=draft.editors[0], now=now)


def test_publishing_twice_publishes_once(publish, session, draft, reviewer, now):
    publish()
    with pytest.raises(Conflict):
        publish_edition(session, draft, by=reviewer.id, now=now + timedelta(days=1))
    for refused in (submit_for_review, waive_credit):
        with pytest.raises(Conflict):
            refused(session, draft, by=reviewer.id, now=now)
    assert draft.published_at == now


def test_without_credit_nothing_is_ever_earned(session, ready, make, now):
    draft = ready.draft(approved=False)
    publish_edition(session, draft, by=make.user().id, now=now)
    make.approval(draft.module.provider)
    assert list_creditable(session, draft, day=now.date()) == []


def test_the_hash_is_of_the_content_and_of_nothing_else(ready, session, make):
    provider = make.provider()
    one = ready.draft(provider, title="Same")
    two = ready.draft(provider, title="Same", approved=False)
    one.submitted_at = None

    def hashed(edition):
        return hash_of(get_dossier(session, edition), list_media(session, edition.module_id))

    assert hashed(one) != hashed(two)
    calculate_credit(session, two, "DEMO", "word_rate:6000", by=two.editors[0], now=ready.now)
    assert hashed(one) == hashed(two)
    item = session.scalars(select(Item).where(Item.edition_id == two.id)).first()
    item.stem += "?"
    assert hashed(one) != hashed(two)


def test_the_hash_knows_the_pictures(ready, session, now):
    draft = ready.draft()
    hashes = []
    for sha in ("a", "b"):
        media = Media(
            module_id=draft.module_id, kind="image", sha256=sha * 64, content_type="image/png", filename="a.png",
            size=1, alt="Alt", uploaded_at=now, uploaded_by=draft.editors[0],
        )  # fmt: skip
        lesson = session.scalars(select(Lesson).where(Lesson.edition_id == draft.id)).first()
        lesson.body = "![Same](media:7)"
        media.id = 7
        hashes.append(hash_of(get_dossier(session, draft), [media]))
    assert hashes[0] != hashes[1]


def test_the_next_draft_is_a_whole_copy(publish, session, draft, make, now):
    publish()
    by = make.user().id
    copy = begin_next_draft(session, draft.module, by=by, now=now)
    assert (copy.number, copy.title, copy.published_at, copy.submitted_at) == (2, draft.title, None, None)
    assert (copy.editors, copy.policies, copy.content_hash) == ([by], {}, "")
    for kind in (Lesson, Objective, Contributor, Reference, Item, QuizDraw, CreditCalculation, Quiz):
        old, new = (session.query(kind).filter_by(edition_id=edition.id).all() for edition in (draft, copy))
        assert len(old) == len(new) > 0, kind
    mine = {row.id for row in session.query(Objective).filter_by(edition_id=copy.id)}
    for kind in (Item, QuizDraw):
        assert {row.objective_id for row in session.query(kind).filter_by(edition_id=copy.id)} == mine
    assert get_dossier(session, copy).drawn == 10


def test_the_next_draft_leaves_the_published_edition_alone(publish, session, draft, make, now):
    publish()
    before = hash_of(get_dossier(session, draft), [])
    begin_next_draft(session, draft.module, by=make.user().id, now=now).title = "Another"
    session.flush()
    assert hash_of(get_dossier(session, draft), []) == before


def test_asking_twice_for_the_next_draft_returns_the_one(publish, session, draft, make, now):
    publish()
    first = begin_next_draft(session, draft.module, by=make.user().id, now=now)
    assert begin_next_draft(session, draft.module, by=make.user().id, now=now) is first


def test_a_module_without_an_edition_has_no_next_draft(session, make, now):
    draft = make.draft()
    assert begin_next_draft(session, draft.module, by=make.user().id, now=now) is draft
    module = make.edition().module
    empty = type(module)(provider_id=module.provider_id, slug="empty", created_at=now)
    session.add(empty)
    session.flush()
    with pytest.raises(Conflict):
        begin_next_draft(session, empty, by=make.user().id, now=now)


def test_the_database_refuses_to_change_what_is_published(publish, session, draft):
    publish()
    with pytest.raises(DBAPIError), session.begin_nested():
        session.execute(text("UPDATE lessons SET title = 'x' WHERE edition_id = :id"), {"id": draft.id})
