"""Looks, audits and what was earned, as boards and licensees see them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from lms.awards.commands import revoke_award
from lms.errors import Conflict, Invalid, NotFound
from lms.outbox import Promise
from lms.oversight.commands import (
    Plan,
    Query,
    answer_with_note,
    answer_with_packet,
    ask_packet,
    close_audit,
    comment,
    decide,
    look_up_certificate,
    look_up_licensee,
    open_audit,
    open_share,
    share_packet,
    withdraw_share,
)
from lms.oversight.models import Audit, Entry, Look, Subject
from lms.oversight.queries import (
    cases_of,
    count_looks_at,
    count_looks_of_board,
    earned_with,
    find_licensee,
    find_share,
    get_audit_of,
    get_audit_to,
    get_look_of,
    get_packet_for,
    get_packet_of,
    get_subject_of,
    holding_of,
    list_audits_of,
    list_cases,
    list_history,
    list_looks_at,
    list_looks_of_board,
    list_packets,
    list_shares,
    place_in,
    same_name,
)
from lms.oversight.sample import draw

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
URL = "https://credence.example"
# printf 'credence-sample/1\nseed\nUS-CA|LMFT|1' | sha256sum, and so on: the two smallest
KNOWN = ("US-CA|LMFT|1", "US-CA|LMFT|2")


@pytest.fixture
def board(make):
    return make.board(name="Board of California", professions=["mft", "social_worker"])


@pytest.fixture
def member(make, board):
    return make.board_member(board)


@pytest.fixture
def ask(session, board, member, now):
    """Look a number up as the member."""

    def go(number, *, seated=True, by=None, of=None, **more):
        query = Query(number, *YEAR, **more)
        return look_up_licensee(session, of or board, query, seated=seated, by=(by or member).id, now=now)

    return go


@pytest.fixture
def audit_of(session, board, member, now):
    """Open an audit of these numbers."""

    def go(*numbers, **more):
        plan = Plan(
            **{"title": "Audit", "first_day": YEAR[0], "last_day": YEAR[1], "due_on": date(2026, 10, 14)} | more
        )
        plan = Plan(**{name: getattr(plan, name) for name in plan.__slots__} | {"numbers": numbers})
        return open_audit(session, board, plan, by=member.id, public_url=URL, now=now)

    return go


def places(session, audit, now):
    return [row.place.state for row in cases_of(session, [audit], now=now)[0].rows]


def subject_of(session, audit):
    return session.scalars(select(Subject).where(Subject.audit_id == audit.id).order_by(Subject.id)).first()


# ---- Looks


@pytest.mark.parametrize("typed", ["LMFT 000-412", "lmft000412", " LMFT000412 ", "ＬＭＦＴ000412"])
def test_a_licensee_is_found_however_the_number_is_set(make, ask, typed):
    held = make.license(make.user(), number="LMFT000412")
    look = ask(typed)
    assert (look.outcome, look.about_id, look.license) == ("allowed", held.user_id, "US-CA|LMFT|LMFT000412")


def test_a_part_of_a_number_finds_nobody(make, ask):
    make.license(make.user(), number="LMFT000412")
    assert ask("000412").outcome == "not_found"


@pytest.mark.parametrize("elsewhere", [{"jurisdiction": "US-TX"}, {"profession": "psychologist"}])
def test_what_is_not_this_boards_business_is_refused_and_written_down(session, make, ask, elsewhere):
    user = make.user()
    make.license(user, number="7", **elsewhere)
    look = ask("7")
    assert (look.outcome, look.about_id) == ("refused", user.id)
    assert [row.id for row in list_looks_at(session, user.id, limit=9)] == [look.id]


def test_two_strangers_with_the_number_are_not_named(make, ask):
    make.license(make.user(), number="7", jurisdiction="US-TX")
    make.license(make.user(), number="7", jurisdiction="US-NY")
    look = ask("7")
    assert (look.outcome, look.about_id) == ("refused", None)


def test_who_does_not_sit_on_the_board_is_refused_and_written_down(session, make, ask):
    held, stranger = make.license(make.user()), make.board_member(make.board(jurisdiction="US-TX"))
    look = ask(held.number, seated=False, by=stranger)
    assert (look.outcome, look.about_id, look.user_id) == ("refused", held.user_id, stranger.id)


def test_a_name_confirms_and_never_finds(make, ask):
    make.license(make.user(name="José Núñez-Marín"), number="7")
    assert ask("7", name="jose nunez marin").outcome == "allowed"
    assert ask("7", name="Jose Nunez").outcome == "refused"
    assert ask("8", name="José Núñez-Marín").outcome == "not_found"
    assert not same_name("", "Ada")


def test_letters_tell_two_licensees_apart(session, board, make, ask):
    first = make.license(make.user(), number="7", credential="LMFT")
    make.license(make.user(), number="7", credential="LCSW", profession="social_worker")
    with pytest.raises(Invalid) as refused:
        ask("7")
    assert "LCSW, LMFT" in refused.value.problems["credential"]
    assert find_licensee(session, board, "7", "lmft") is first


def test_a_look_needs_a_number_and_a_period(ask, session, board, member, now):
    with pytest.raises(Invalid):
        ask(" - ")
    with pytest.raises(Invalid):
        look_up_licensee(session, board, Query("7", *reversed(YEAR)), seated=True, by=member.id, now=now)


def test_a_look_opens_for_its_maker_for_an_hour(session, make, ask, member, now):
    make.license(make.user(), number="7")
    look = ask("7")
    assert get_look_of(session, member.id, look.id, now=now) is look
    for user_id, moment in ((make.user().id, now), (member.id, now + timedelta(minutes=61))):
        with pytest.raises(NotFound):
            get_look_of(session, user_id, look.id, now=moment)
    with pytest.raises(NotFound):
        get_look_of(session, member.id, ask("8").id, now=now)


def test_looks_are_evidence(session, make, ask):
    look = ask("7")
    for change in (update(Look).values(outcome="allowed"), delete(Look).where(Look.id == look.id)):
        with pytest.raises(DBAPIError, match="evidence is kept"), session.begin_nested():
            session.execute(change)


def test_a_code_opens_for_the_board_of_its_license_only(session, make, board, member, now):
    user = make.user()
    make.license(user)
    award = make.award(user)

    def look(code, of=board, *, seated=True):
        return look_up_certificate(session, of, code, seated=seated, by=member.id, now=now)

    assert look(award.code.lower()).outcome == "allowed"
    assert look(award.code, make.board(jurisdiction="US-TX")).outcome == "refused"
    assert look(award.code, seated=False).outcome == "refused"
    assert look("0" * 26).outcome == "not_found"
    with pytest.raises(Invalid):
        look("not a code")
    assert count_looks_at(session, user.id) == 3
    assert count_looks_of_board(session, board.id) == 3
    assert [row.outcome for row in list_looks_of_board(session, board.id, limit=9)] == [
        "not_found",
        "refused",
        "allowed",
    ]


# ---- Earned


def test_what_was_earned_names_the_license_and_falls_in_the_period(session, make, now):
    user = make.user()
    held = make.license(user)
    kept, revoked = make.award(user, make.edition(hours="1.25")), make.award(user)
    revoke_award(session, revoked, reason="misconduct", note="x", by=user.id, seal=make.seal, now=now)
    other = make.license(user, jurisdiction="US-TX", number="5")
    earned = earned_with(session, make.seal, holding_of(held), *YEAR)
    assert [(row.award.id, row.state) for row in earned.rows] == [(kept.id, "valid"), (revoked.id, "revoked")]
    assert [total.hours for total in earned.totals] == [Decimal("1.25")]
    assert sum(total.hours for total in earned.topics) == Decimal("1.00")  # the split of the builder's edition
    assert not earned_with(session, make.seal, holding_of(other), *YEAR).rows
    assert not earned_with(session, make.seal, holding_of(held), date(2026, 1, 1), date(2026, 9, 13)).rows
    assert earned_with(session, make.seal, holding_of(held), date(2026, 9, 14), date(2026, 9, 14)).rows


def test_a_license_that_left_the_profile_still_finds_its_certificates(session, make):
    user = make.user()
    held = make.license(user)
    award, holding = make.award(user), holding_of(held)
    session.delete(held)
    session.flush()
    assert [row.award.id for row in earned_with(session, make.seal, holding, *YEAR).rows] == [award.id]


# ---- Audits


def test_licensees_are_told_and_unknown_numbers_stay(session, make, audit_of, now):
    user = make.user(email="ada@example.org")
    held = make.license(user, number="7")
    audit = audit_of("7", " 7 ", "nobody 1")
    assert places(session, audit, now) == ["waiting", "unknown"]
    mails = [
        row.payload
        for row in session.scalars(select(Promise).where(Promise.kind == "mail"))
        if "Audit" in row.payload["subject"]
    ]
    assert [mail["to"] for mail in mails] == ["ada@example.org"]
    assert f"{URL}/record/audits/{subject_of(session, audit).id}" in mails[0]["text"]
    assert "14 October 2026" in mails[0]["text"]
    assert held.number in mails[0]["text"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"last_day": date(2025, 1, 1)}, "last_day"),
        ({"due_on": date(2026, 9, 14)}, "due_on"),
        ({"numbers": ()}, "numbers"),
        ({"sample": 2}, "sample"),
        ({"numbers": (), "sample": 501}, "sample"),
        ({"numbers": (), "sample": 1, "seed": "x" * 101}, "seed"),
        ({"numbers": ("--",)}, "numbers"),
        ({"numbers": (), "sample": 1}, "sample"),
    ],
)
def test_what_is_wrong_with_an_audit_is_named_by_field(session, board, member, now, changes, field):
    good = {"title": "A", "first_day": YEAR[0], "last_day": YEAR[1], "due_on": date(2026, 10, 1), "numbers": ("7",)}
    with pytest.raises(Invalid) as refused:
        open_audit(session, board, Plan(**(good | changes)), by=member.id, public_url=URL, now=now)
    assert set(refused.value.problems) == {field}


def test_a_number_of_two_licenses_wants_its_letters(session, make, audit_of, now):
    make.license(make.user(), number="7", credential="LMFT")
    make.license(make.user(), number="7", credential="LCSW", profession="social_worker")
    with pytest.raises(Invalid):
        audit_of("7")
    assert subject_of(session, audit_of("LCSW 7")).credential == "LCSW"


def test_an_audit_goes_back_and_forth(session, make, audit_of, member, now):
    user = make.user()
    make.license(user, number="7")
    audit = audit_of("7")
    subject = get_audit_to(session, user.id, subject_of(session, audit).id)
    with pytest.raises(Conflict):
        decide(session, subject, "accepted", "", by=member.id, public_url=URL, now=now)
    answer_with_note(session, subject, "I was abroad.", by=user.id, now=now)
    with pytest.raises(Conflict):
        answer_with_packet(session, subject, by=user.id, now=now)
    with pytest.raises(Invalid):
        decide(session, subject, "returned", " ", by=member.id, public_url=URL, now=now)
    with pytest.raises(Invalid):
        decide(session, subject, "praised", " ", by=member.id, public_url=URL, now=now)
    decide(session, subject, "returned", "Please send certificates.", by=member.id, public_url=URL, now=now)
    assert place_in(session, subject, now=now).place.state == "returned"
    packet = answer_with_packet(session, subject, by=user.id, now=now)
    assert (packet.number, packet.first_day, packet.last_day) == ("7", *YEAR)
    assert get_packet_for(session, subject, packet.id) is packet
    comment(session, subject, "Thank you.", private=False, by=member.id, now=now)
    comment(session, subject, "Looks odd.", private=True, by=member.id, now=now)
    decide(session, subject, "accepted", "", by=member.id, public_url=URL, now=now)
    with pytest.raises(Conflict):
        decide(session, subject, "closed", "", by=member.id, public_url=URL, now=now)
    with pytest.raises(Conflict):
        answer_with_note(session, subject, "More", by=user.id, now=now)
    kinds = [entry.kind for entry in list_history(session, subject.id, for_board=True)]
    assert kinds == ["note", "returned", "packet", "comment", "remark", "accepted"]
    assert "remark" not in [entry.kind for entry in list_history(session, subject.id, for_board=False)]
    assert places(session, audit, now) == ["accepted"]


def test_a_refused_answer_is_settled_and_says_why(session, make, audit_of, member, now):
    user = make.user()
    make.license(user, number="7")
    audit = audit_of("7")
    subject = get_audit_to(session, user.id, subject_of(session, audit).id)
    with pytest.raises(Conflict, match="no answer to decide on"):
        decide(session, subject, "refused", "Why?", by=member.id, public_url=URL, now=now)
    answer_with_note(session, subject, "Here it is.", by=user.id, now=now)
    with pytest.raises(Invalid, match="Say why"):
        decide(session, subject, "refused", " ", by=member.id, public_url=URL, now=now)
    decide(session, subject, "refused", "The hours on the file were changed.", by=member.id, public_url=URL, now=now)
    place = place_in(session, subject, now=now).place
    assert (place.state, place.settled, place.over) == ("refused", True, True)
    mail = session.scalars(select(Promise).where(Promise.kind == "mail").order_by(Promise.id.desc())).first().payload
    assert (mail["to"], "has refused your answer" in mail["text"]) == (user.email, True)
    assert mail["subject"].endswith(": your answer was refused")
    assert "The hours on the file were changed." in mail["text"]
    for again in ("accepted", "closed"):
        with pytest.raises(Conflict, match="settled"):
            decide(session, subject, again, "", by=member.id, public_url=URL, now=now)
    with pytest.raises(Conflict, match="need not answer"):
        answer_with_note(session, subject, "More", by=user.id, now=now)
    close_audit(session, audit, by=member.id, public_url=URL, now=now)
    assert place_in(session, subject, now=now).place.state == "refused"


def test_an_open_license_is_closed_with_the_audit(session, make, audit_of, member, now):
    user = make.user()
    make.license(user, number="7")
    make.license(answered := make.user(), number="9")
    audit = audit_of("7", "8", "9")
    [last] = session.scalars(select(Subject).where(Subject.audit_id == audit.id, Subject.user_id == answered.id))
    answer_with_note(session, last, "Here it is", by=answered.id, now=now)
    close_audit(session, audit, by=member.id, public_url=URL, now=now)
    close_audit(session, audit, by=make.user().id, public_url=URL, now=now + timedelta(days=1))
    assert (audit.closed_by, audit.closed_at) == (member.id, now)
    assert places(session, audit, now) == ["unanswered", "unanswered", "undecided"]
    assert cases_of(session, [audit], now=now)[0].settled == 0
    subject = subject_of(session, audit)
    with pytest.raises(Conflict):
        answer_with_note(session, subject, "Wait", by=user.id, now=now)
    with pytest.raises(Conflict):
        comment(session, subject, "Wait", private=False, by=user.id, now=now)


def mails_to(session, user):
    promises = session.scalars(select(Promise).where(Promise.kind == "mail").order_by(Promise.id))
    return [row.payload["text"] for row in promises if row.payload["to"] == user.email]


def test_a_returned_licensee_is_told_where_to_answer_and_until_when(session, make, audit_of, member, now):
    user = make.user(time_zone="Pacific/Honolulu")
    make.license(user, number="7")
    subject = subject_of(session, audit_of("7"))
    link = f"{URL}/record/audits/{subject.id}"
    answer_with_note(session, subject, "I was abroad.", by=user.id, now=now)
    decide(session, subject, "returned", "Certificates, please.", by=member.id, public_url=URL, now=now)
    told = mails_to(session, user)[-1]
    assert f"Certificates, please.\n\nPlease answer by 14 October 2026:\n\n{link}\n" in told
    answer_with_note(session, subject, "Here.", by=user.id, now=now)
    late = datetime(2026, 10, 15, 10, 1, tzinfo=UTC)  # one minute past midnight in Honolulu
    early = late - timedelta(minutes=2)
    decide(session, subject, "returned", "Both pages.", by=member.id, public_url=URL, now=early)
    assert "Please answer by 14 October 2026" in mails_to(session, user)[-1]
    answer_with_note(session, subject, "Here.", by=user.id, now=early)
    decide(session, subject, "returned", "Both pages.", by=member.id, public_url=URL, now=late)
    assert "was due by 14 October 2026, so please answer soon" in mails_to(session, user)[-1]
    answer_with_note(session, subject, "Here.", by=user.id, now=late)
    decide(session, subject, "accepted", "", by=member.id, public_url=URL, now=late)
    assert (link in mails_to(session, user)[-1], "Please answer" in mails_to(session, user)[-1]) == (True, False)


def test_the_end_of_an_audit_is_told_once_to_whom_it_is_news(session, make, audit_of, member, now):
    users = {number: make.user() for number in "123456"}
    for number, user in users.items():
        make.license(user, number=number)
    audit = audit_of(*"1234567")
    subjects = {row.number: row for row in session.scalars(select(Subject).where(Subject.audit_id == audit.id))}
    for number in "2345":
        answer_with_note(session, subjects[number], "Here.", by=users[number].id, now=now)
    told = {"by": member.id, "public_url": URL, "now": now}
    decide(session, subjects["3"], "returned", "Both pages.", **told)
    decide(session, subjects["4"], "accepted", "", **told)
    decide(session, subjects["5"], "refused", "It was changed.", **told)
    decide(session, subjects["6"], "closed", "By letter.", **told)
    before = {number: len(mails_to(session, user)) for number, user in users.items()}
    [case] = cases_of(session, [audit], now=now)
    assert case.counts == dict.fromkeys(
        ("unknown", "waiting", "answered", "returned", "accepted", "refused", "closed"), 1
    )
    assert case.told_at_close == 4
    assert [close_audit(session, audit, **told), close_audit(session, audit, **told)] == [4, 0]
    after = {number: mails_to(session, user)[before[number] :] for number, user in users.items()}
    assert {number: len(mails) for number, mails in after.items()} == {"1": 1, "2": 1, "3": 1, "4": 0, "5": 1, "6": 0}
    assert "the audit ends as “Not answered”" in after["1"][0]
    assert "the board had not decided on it" in after["2"][0]
    assert "the audit ends as “Asked again, not answered”" in after["3"][0]
    assert "stays refused" in after["5"][0]
    assert f"{URL}/record/audits/{subjects['3'].id}" in after["3"][0]
    ends = places(session, audit, now)
    assert ends == ["unanswered", "undecided", "unanswered_again", "accepted", "refused", "closed", "unanswered"]


def test_who_comes_a_moment_after_the_close_finds_the_audit_closed(session, make, audit_of, member, now):
    user = make.user()
    make.license(user, number="7")
    audit = audit_of("7")
    subject = subject_of(session, audit)
    assert audit.closed_at is None
    closing = update(Audit).values(closed_at=now, closed_by=member.id)
    session.execute(closing, execution_options={"synchronize_session": False})  # by somebody else, meanwhile
    assert close_audit(session, audit, by=member.id, public_url=URL, now=now) == 0
    session.execute(update(Audit).values(closed_at=None), execution_options={"synchronize_session": False})
    session.expire(audit)
    assert audit.closed_at is None
    session.execute(closing, execution_options={"synchronize_session": False})
    with pytest.raises(Conflict, match="closed this"):
        answer_with_note(session, subject, "Here.", by=user.id, now=now)


def test_late_is_after_the_due_day_where_the_licensee_lives(session, make, audit_of, now):
    user = make.user(time_zone="Pacific/Honolulu")
    make.license(user, number="7")
    audit = audit_of("7")
    (row,) = list_audits_of(session, user.id, now=now)
    assert not row.place.late
    still = now.replace(month=10, day=15, hour=9)  # 23:00 on the 14th in Honolulu
    assert not list_audits_of(session, user.id, now=still)[0].place.late
    late = still + timedelta(hours=2)
    assert list_audits_of(session, user.id, now=late)[0].place.late
    answer_with_note(session, get_audit_to(session, user.id, row.subject.id), "Sorry", by=user.id, now=late)
    place = cases_of(session, [audit], now=late)[0].rows[0].place
    assert (place.state, place.late, place.answered_late) == ("answered", False, True)


def test_texts_have_a_beginning_and_an_end(session, make, audit_of, now):
    user = make.user()
    make.license(user, number="7")
    subject = subject_of(session, audit_of("7"))
    for words in (" ", "x" * 4001):
        with pytest.raises(Invalid):
            comment(session, subject, words, private=False, by=user.id, now=now)


def test_an_audit_is_its_boards_and_its_licensees(session, make, board, audit_of, now):
    user = make.user()
    make.license(user, number="7")
    audit = audit_of("7")
    subject = subject_of(session, audit)
    assert get_audit_of(session, [board.id], board.slug, audit.id) is audit
    assert get_subject_of(session, audit, subject.id) is subject
    for call in (
        lambda: get_audit_of(session, [make.board().id], board.slug, audit.id),
        lambda: get_subject_of(session, audit_of("9"), subject.id),
        lambda: get_audit_to(session, make.user().id, subject.id),
        lambda: get_packet_for(session, subject, 1),
    ):
        with pytest.raises(NotFound):
            call()
    assert list_audits_of(session, make.user().id, now=now) == []


def test_entries_are_evidence(session, make, audit_of, now):
    user = make.user()
    make.license(user, number="7")
    answer_with_note(session, subject_of(session, audit_of("7")), "Hello", by=user.id, now=now)
    for change in (update(Entry).values(text="Bye"), delete(Entry)):
        with pytest.raises(DBAPIError, match="evidence is kept"), session.begin_nested():
            session.execute(change)


def test_cases_take_three_statements_however_many(session, make, board, audit_of, statements, now):
    for number in range(4):
        make.license(make.user(), number=str(number))
    for _ in range(3):
        audit_of("0", "1", "2", "3")
    session.expire_all()
    board_id = board.id
    statements.clear()
    cases = list_cases(session, [board_id], now=now)
    assert len(statements) == 3
    assert (len(cases), cases[0].late, cases[0].answered, cases[0].settled) == (3, 0, 0, 0)


# ---- Samples


def test_a_sample_can_be_drawn_again_by_anybody(session, make, audit_of, now):
    for number in range(9):
        make.license(make.user(), number=f"LMFT{number}")
    make.license(make.user(), jurisdiction="US-TX")
    make.license(make.user(), profession="psychologist")
    audit = audit_of(sample=3, seed="lottery 4 8 15")
    chosen = [
        row.number for row in session.scalars(select(Subject).where(Subject.audit_id == audit.id).order_by(Subject.id))
    ]
    pool = [f"US-CA|LMFT|LMFT{number}" for number in range(9)]
    drawn = draw(reversed(pool), "lottery 4 8 15", 3)
    assert [line.split("|")[2] for line in drawn.chosen] == chosen
    assert (audit.pool_size, audit.pool_sha256) == (9, drawn.pool_sha256)


def test_the_draw_is_the_documented_one():
    drawn = draw(["US-CA|LMFT|1", "US-CA|LMFT|2", "US-CA|LMFT|3"], "seed", 2)
    assert drawn.chosen == KNOWN
    assert draw(["US-CA|LMFT|1"] * 2, "other", 5).chosen == ("US-CA|LMFT|1",)


def test_without_a_seed_one_is_drawn_and_published(session, make, audit_of):
    make.license(make.user())
    assert len(audit_of(sample=1).seed) == 32


# ---- Packets and links


def test_a_packet_is_for_ones_own_license(session, make, now):
    user = make.user()
    held = make.license(user)
    packet = ask_packet(session, user.id, held.id, *YEAR, now=now)
    assert list_packets(session, user.id) == [packet]
    assert get_packet_of(session, user.id, packet.id) is packet
    with pytest.raises(NotFound):
        get_packet_of(session, make.user().id, packet.id)
    with pytest.raises(NotFound):
        ask_packet(session, make.user().id, held.id, *YEAR, now=now)
    with pytest.raises(Invalid):
        ask_packet(session, user.id, held.id, *reversed(YEAR), now=now)


def test_a_link_opens_until_it_expires_or_is_withdrawn(session, make, board, member, now):
    user = make.user()
    packet = ask_packet(session, user.id, make.license(user).id, *YEAR, now=now)
    with pytest.raises(Conflict):
        share_packet(session, packet, board.id, 7, now=now)
    packet.made_at = now
    for wrong in ({"board_id": 10**6, "days": 7}, {"board_id": board.id, "days": 91}):
        with pytest.raises(Invalid):
            share_packet(session, packet, **wrong, now=now)
    share, token = share_packet(session, packet, board.id, 7, now=now)
    assert token not in (share.token_sha256, "")
    found = find_share(session, share.token_sha256)
    assert open_share(session, found, by=None, now=now) is packet
    assert open_share(session, found, by=member.id, now=now) is packet
    assert [(row.opened, row.open) for row in list_shares(session, packet.id, now=now)] == [(2, True)]
    assert [(row.kind, row.user_id) for row in list_looks_at(session, user.id, limit=9)] == [
        ("packet", member.id),
        ("packet", None),
    ]
    with pytest.raises(NotFound):
        open_share(session, found, by=None, now=now + timedelta(days=7))
    withdraw_share(session, packet, share.id, now=now)
    with pytest.raises(NotFound):
        open_share(session, found, by=None, now=now)
    with pytest.raises(NotFound):
        open_share(session, None, by=None, now=now)
    other = ask_packet(session, user.id, make.license(user).id, *YEAR, now=now)
    with pytest.raises(NotFound):
        withdraw_share(session, other, share.id, now=now)


def test_a_certificate_that_was_changed_in_the_database_counts_nothing(session, make, board):
    user = make.user()
    held = make.license(user)
    award = make.award(user)
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("DROP TRIGGER keep_credit_entries_update"))
    else:
        session.execute(text("ALTER TABLE credit_entries DISABLE TRIGGER USER"))
    session.execute(text("UPDATE credit_entries SET hours = '9.00'"))
    session.expire_all()
    earned = earned_with(session, make.seal, holding_of(held), *YEAR)
    assert [(row.award.id, row.state) for row in earned.rows] == [(award.id, "cannot_check")]
    assert earned.totals == ()
