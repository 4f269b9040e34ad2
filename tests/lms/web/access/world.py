"""A small world for the access table: one person per role and one of each thing an address may name."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from lms.assessments.models import Item
from lms.awards.models import Award
from lms.awards.sharing import share_award
from lms.boards.models import Board
from lms.boards.tokens import make_token
from lms.files import Shelf
from lms.hooks.commands import subscribe
from lms.hooks.models import Delivery
from lms.hooks.queries import Owner
from lms.modules.models import Contributor, Edition, Lesson, Objective, Reference
from lms.outbox import Promise, promise, promise_mail
from lms.oversight.commands import (
    Plan,
    Query,
    answer_with_packet,
    begin_batch,
    look_up_licensee,
    note_file_opening,
    open_audit,
    share_packet,
)
from lms.oversight.models import AnswerFile, Entry, Subject
from lms.oversight.queries import Finding
from lms.people.models import User
from lms.providers.invitations import invite
from lms.providers.models import Provider
from tests.make import Make


@dataclass
class World:
    """People by role and the values that fill the addresses."""

    people: dict[str, Any]
    names: dict[str, Any]


def build(make: Make, shelf: Shelf) -> World:
    """Make the world; its files are on the shelf."""
    provider = make.provider(slug="house")
    elsewhere = make.provider(slug="elsewhere")
    edition = make.edition(provider)
    draft = make.draft(provider)
    learner = make.user()
    enrollment = make.enrollment(learner, edition)
    award = make.award(learner, make.edition(provider))
    ready = make.ready(learner, make.edition(provider))
    board = make.board()
    sitting = make.sitting(learner, make.edition(provider))
    people = {
        "visitor": None,
        "learner": learner,
        "stranger": make.user(),
        "author": make.member(provider, "author"),
        "reviewer": make.member(provider, "reviewer"),
        "manager": make.member(provider, "manager"),
        "foreigner": make.member(elsewhere, "author"),
        "board": make.board_member(board),
        "operator": make.operator(),
    }
    names = {
        "provider": provider.slug,
        "module": edition.module.slug,
        "approval": make.approval(provider, number="DEMO-0002").id,
        "waiting": make.approval(provider, number="DEMO-0003", confirmed_at=None, confirmed_by=None).id,
        "draft": draft.module.slug,
        "draft_id": draft.id,
        "enrollment": enrollment.id,
        "lesson": "lesson-1",
        "sitting": sitting.enrollment_id,
        "code": award.code,
        "status_list": award.status_list_id,
        "edition": award.completion.enrollment.edition_id,
        "completed": award.completion.enrollment_id,
        "ready": ready.id,
    }
    names |= _parts_of(make, draft)
    names |= _invitation_of(make, provider, people)
    names["media"] = make.media(edition).id
    names |= {
        "license": make.license(learner).id,
        "stranger_id": people["stranger"].id,
        "reviewer_id": people["reviewer"].id,
        "board": board.slug,
        "seated_id": people["board"].id,
        "promise": promise_mail(make.session, to="a@example.org", subject="Hello", text="Hello", now=make.now).id,
    }
    names |= _oversight_of(make, board, people["board"], learner, shelf)
    names |= _machines_of(make, board, provider, award, people["board"])
    return World(people, names)


def _oversight_of(make: Make, board: Board, member: User, learner: User, shelf: Shelf) -> dict[str, Any]:
    """A look, a batch, an audit that is answered with a packet, and a link to the packet."""
    number = make.license(learner).number
    now, year = datetime.now(UTC), (date(2026, 1, 1), date(2026, 12, 31))
    look = look_up_licensee(make.session, board, Query(number, *year), seated=True, by=member.id, now=now)
    batch = begin_batch(make.session, board, ["nothing"], "", by=member.id, now=now)
    plan = Plan("Audit", *year, date(2100, 1, 1), [number])
    audit = open_audit(make.session, board, plan, by=member.id, public_url="https://credence.example", now=now)
    subject = make.session.scalars(select(Subject).where(Subject.audit_id == audit.id)).one()
    packet = answer_with_packet(make.session, subject, by=learner.id, now=now)
    packet.made_at = now
    share, token = share_packet(make.session, packet, board.id, 7, now=now)
    packet.made_at = None
    file = _file_of(make, subject, member, shelf)
    return {
        "answer_file": file.id,
        "look": look.id,
        "batch": batch.id,
        "audit": audit.id,
        "subject": subject.id,
        "packet": packet.id,
        "share": share.id,
        "token": token,
    }


def _file_of(make: Make, subject: Subject, member: User, shelf: Shelf) -> AnswerFile:
    """A file of an answer; the member opened it, which the page of the file asks for."""
    now = datetime.now(UTC)
    entry = Entry(subject_id=subject.id, kind="note", text="See here", written_at=now, written_by=subject.user_id)
    make.session.add(entry)
    make.session.flush()
    file = AnswerFile(entry_id=entry.id, name="here.json", sha256=shelf.put(b"{}"), size=2)
    make.session.add(file)
    make.session.flush()
    note_file_opening(
        make.session, subject, file, Finding("valid", "Identical to what was issued"), by=member.id, now=now
    )
    return file


def _machines_of(make: Make, board: Board, provider: Provider, award: Award, member: User) -> dict[str, Any]:
    """A token, a shared link, and for board and provider a webhook with a message."""
    by, now = member.id, make.now
    names = {
        "api_token": make_token(make.session, board, "Renewals", ["list"], by=by, now=now)[0].id,
        "share_link": share_award(make.session, award, "A friend", 7, by=by, now=now)[0].id,
    }
    for audience, owner in (("board", Owner("board", board.id)), ("author", Owner("provider", provider.id))):
        hook = subscribe(make.session, owner, "https://example.org/hook", ["issued"], by=by, now=now)
        message = Delivery(
            subscription_id=hook.id, message_id=f"msg_{audience}", event="issued", award_id=award.id, body="{}",
            made_at=now, promise=promise(make.session, "webhook", {}, now=now),
        )  # fmt: skip
        make.session.add(message)
        make.session.flush()
        names |= {f"{audience}_hook": hook.id, f"{audience}_message": message.id}
    return names


def _invitation_of(make: Make, provider: Provider, people: dict[str, Any]) -> dict[str, Any]:
    """An invitation for the stranger, and the token that was mailed."""
    by, now = people["operator"].id, datetime.now(UTC)
    invitation = invite(make.session, provider, people["stranger"].email, "author", address="k=", by=by, now=now)
    mails = select(Promise.payload["text"].as_string()).where(Promise.kind == "mail").order_by(Promise.id.desc())
    text = make.session.scalars(mails).first()
    return {"invitation_id": invitation.id, "invitation": str(text).partition("k=")[2].split()[0]}


def _parts_of(make: Make, draft: Edition) -> dict[str, Any]:
    """The first of each thing that a draft is made of."""

    def first(kind: Any) -> int:
        return make.session.scalars(select(kind.id).where(kind.edition_id == draft.id).order_by(kind.id)).first()

    return {
        "draft_contributor": first(Contributor),
        "draft_item": first(Item),
        "draft_lesson": first(Lesson),
        "draft_media": make.media(draft).id,
        "draft_objective": first(Objective),
        "draft_reference": first(Reference),
    }
