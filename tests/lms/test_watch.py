"""The worker audits every day by itself, and operators hear of what does not fit."""

from sqlalchemy import select, text

from lms.awards.watch import SHOWN, SUBJECT, tell_operators
from lms.outbox import Promise
from lms.worker import watch
from tests.lms.test_proofs import untie
from tests.make import SEAL


def mails(session):
    found = session.scalars(select(Promise).where(Promise.kind == "mail"))
    return [made.payload for made in found if made.payload["subject"] == SUBJECT]


def test_operators_hear_of_a_changed_certificate_and_nobody_of_a_sound_one(session, make, now, caplog):
    operator, award = make.operator(), make.award()
    session.flush()
    watch(session.connection(), SEAL, now=now)
    assert mails(session) == []
    untie(session, "awards")
    session.execute(text("UPDATE awards SET credential = replace(credential, 'Module', 'Moduel')"))
    watch(session.connection(), SEAL, now=now)
    [mail] = mails(session)
    assert mail["to"] == operator.email
    assert award.code in mail["text"]
    assert award.code in caplog.text


def test_a_mail_stays_short_whatever_was_found(session, make, now):
    make.operator()
    tell_operators(session, [f"thing {number}" for number in range(SHOWN + 7)], now=now)
    [mail] = mails(session)
    assert f"thing {SHOWN - 1}\n" in mail["text"]
    assert f"thing {SHOWN}\n" not in mail["text"]
    assert "and 7 more" in mail["text"]
