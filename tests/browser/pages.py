"""Every page of the demonstration by the person who opens it: the one list that all browser tests share."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.accreditation.commands import begin_next_draft
from lms.accreditation.models import Approval
from lms.assessments.evaluating import list_statements, submit_evaluation
from lms.assessments.models import Attempt, Item
from lms.assessments.sitting import open_attempt, submit_attempt
from lms.awards.models import Award, Completion, Revocation
from lms.awards.sharing import set_disclosure, share_award
from lms.boards.models import Board
from lms.config import Settings
from lms.db import begin_writing, open_engine
from lms.learning.commands import enroll, finish_lesson
from lms.learning.models import Enrollment
from lms.modules.models import Contributor, Edition, Lesson, Media, Module, Objective, Reference
from lms.modules.queries import find_latest_edition, list_lessons
from lms.outbox import Promise
from lms.oversight.commands import share_packet, withdraw_share
from lms.oversight.models import Packet, Subject
from lms.people.models import License, User
from lms.providers.invitations import invite
from lms.providers.models import Provider
from lms.worker import keep_promise
from tests.browser.offices import OFFICES, deliver_one, furnish_offices
from tests.make import right_answers

# One guide of each kind of text: tables, call-outs, code, lists.
GUIDES = ("credit", "verify", "items", "corrections", "proof", "glossary", "keyboard")

# By the name in front of the person's address at example.org; a visitor has none. Braces are filled by `furnish`.
PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "/", "/catalogue", "/catalogue?q=ethics&sort=shortest", "/catalogue?q=glassblowing+ethics&level=advanced",
        "/modules/ethics-and-telehealth", "/modules/suicide-risk",
        "/modules/interdisciplinary-collaboration", "/modules/burnout-and-self-care/preview",
        "/providers/harborlight", "/providers/northgate", "/verify", "/verify/file", "/c/{valid}", "/c/{revoked}",
        "/c/{replaced}", "/c/{withheld}", "/c/{mine}?k={key}", f"/c/{'0' * 26}", "/packets/{link}", "/account/login",
        "/invitation?k={invitation}",
        "/account/register", "/account/reset", "/account/confirm", "/account/wan-signin", "/api", "/nowhere",
        "/help", *(f"/help/{guide}" for guide in GUIDES),
    ),
    "maya": (
        "/learn", "/learn/{reading}", "/learn/{reading}/test", "/record", "/record/certificates/{mine}",
        "/record/certificates/{mine}/sharing", "/record/packets", "/record/audits", "/record/audits/{asked}",
        "/record/looks", "/account/profile", "/account/security", "/account/licenses/new",
        "/account/licenses/{license}", "/account/change", "/account/change-email", "/account/tf-setup",
        "/account/wan-register", "/account/leave", "/modules/ethics-and-telehealth", "/workshop",
    ),
    "jose": ("/record/packets", "/record/packets/{packet}", "/record/audits/{answered}", "/record"),
    "cedar-author": ("/learn", "/record", "/record/packets", "/record/audits", "/record/looks"),
    "chau": ("/learn", "/learn/{evaluating}/evaluation", "/learn/{evaluating}/test/1"),
    "layla": ("/learn", "/learn/{finishing}/finish", "/record"),
    "anneliese": ("/learn", "/learn/{sitting}/test", "/learn/{sitting}/test/1/review"),
    "delia": ("/record", "/learn/{passed}/test/1", "/learn/{passed}/test/2", "/learn/{passed}/done"),
    "lucia": ("/record", "/record/certificates/{revoked}"),
    "takoda": ("/learn", "/learn/{warned}/lessons/{warned_lesson}"),
    **OFFICES,
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A page as one person opens it; `email` is empty for a visitor."""

    email: str
    path: str


def addresses(names: dict[str, Any], *people: str) -> list[Address]:
    """Return the pages of these people, of everybody if nobody is named, with the braces filled."""
    return [
        Address(f"{who}@example.org" if who else "", path.format(**names))
        for who in people or PAGES
        for path in PAGES[who]
    ]


def furnish(settings: Settings) -> dict[str, Any]:
    """Bring the demonstration into the states it lacks, and return what fills the braces."""
    engine = open_engine(settings.database_url)
    now = datetime.now(UTC)
    with Session(engine) as session:
        waiting = session.scalars(select(Promise.id).where(Promise.kind == "packet", Promise.done_at.is_(None))).all()
    for promise_id in waiting:
        keep_promise(engine, settings, promise_id, now=now)
    with Session(engine) as session:
        begin_writing(session)
        names = dict((*_names(session, now), *_opened(session, now), *furnish_offices(session, settings, now)))
        session.commit()
    names["mail"] = deliver_one(engine, settings, now)
    engine.dispose()
    return names


def _names(session: Session, now: datetime) -> Iterator[tuple[str, Any]]:
    modules = {module.slug: module for module in session.scalars(select(Module))}

    def enrollment(email: str, slug: str) -> Enrollment:
        found = select(Enrollment).join(Enrollment.user).join(Enrollment.edition)
        return session.scalars(
            found.where(User.email == f"{email}@example.org", Edition.module_id == modules[slug].id)
        ).one()

    def code(reason: str | None) -> str:
        """A certificate of Harborlight by what became of it."""
        found = (
            select(Award.code).join(Award.completion).join(Completion.enrollment).join(Enrollment.edition)
            .join(Edition.module).join(Module.provider)
            .outerjoin(Revocation, Revocation.award_id == Award.id)
            .where(Provider.slug == "harborlight", Revocation.reason.is_(reason) if reason is None
                   else Revocation.reason == reason).order_by(Award.id)
        )  # fmt: skip
        return session.scalars(found).first()

    yield from {"valid": code(None), "revoked": code("requirements_not_met"), "replaced": code("replaced")}.items()
    yield "reading", enrollment("maya", "ethics-and-telehealth").id
    yield "sitting", enrollment("anneliese", "suicide-risk").id
    yield "passed", enrollment("delia", "suicide-risk").id
    warned = enrollment("takoda", "trauma-informed-care")
    yield "warned", warned.id
    yield "warned_lesson", list_lessons(session, warned.edition_id)[0].slug
    mine = select(Award.code).join(Award.completion).join(Completion.enrollment).join(Enrollment.user)
    maya = User.email == "maya@example.org"
    yield "mine", session.scalars(mine.where(maya).order_by(Award.id)).first()
    yield "license", session.scalars(select(License.id).join(User, User.id == License.user_id).where(maya)).first()
    yield "approval", session.scalars(select(Approval.id).join(Provider).where(Provider.slug == "harborlight")).first()
    yield "evaluating", _study(session, "chau", modules["burnout-and-self-care"], now, evaluates=False)
    yield "finishing", _study(session, "layla", modules["burnout-and-self-care"], now, evaluates=True)
    author = session.scalars(select(User).where(User.email == "author@example.org")).one()
    draft = begin_next_draft(session, modules["cultural-humility"], by=author.id, now=now)
    yield "draft", "cultural-humility"
    yield "media", session.scalars(select(Media.id).where(Media.module_id == draft.module_id)).first()
    for name, kind in {"objective": Objective, "lesson": Lesson, "contributor": Contributor, "reference": Reference,
                       "item": Item}.items():  # fmt: skip
        yield name, session.scalars(select(kind.id).where(kind.edition_id == draft.id).order_by(kind.id)).first()


def _opened(session: Session, now: datetime) -> Iterator[tuple[str, Any]]:
    """What boards ask and what holders share: the demonstration's audit, links, a public page turned down."""

    def of(email: str, kind: Any) -> Select[Any]:
        return select(kind).join(User, User.id == kind.user_id).where(User.email == f"{email}@example.org")

    yield "asked", session.scalars(of("maya", Subject)).first().id
    yield "answered", session.scalars(of("jose", Subject)).first().id
    packet = session.scalars(of("jose", Packet)).first()
    yield "packet", packet.id
    board = session.scalars(select(Board).where(Board.slug == "california")).one()
    closed, _ = share_packet(session, packet, board.id, 7, now=now)
    withdraw_share(session, packet, closed.id, now=now)
    yield "link", share_packet(session, packet, board.id, 30, now=now)[1]
    awards = select(Award).join(Award.completion).join(Completion.enrollment).join(Enrollment.user).order_by(Award.id)
    mine = session.scalars(awards.where(User.email == "maya@example.org")).first()
    yield "key", share_award(session, mine, "Credentialing office, Lakeside Clinic", 30, by=mine.id, now=now)[1]
    house = session.scalars(select(Provider).where(Provider.slug == "harborlight")).one()
    yield "invitation", _invited(session, house, by=mine.id, now=now)
    kept = session.scalars(awards.where(User.email == "wendell@example.org")).first()
    set_disclosure(session, kept, whole=False, by=kept.id, now=now)
    yield "withheld", kept.code


def _invited(session: Session, provider: Provider, *, by: int, now: datetime) -> str:
    """Invite an address without an account, and return the token that was mailed."""
    invite(session, provider, "newcomer@example.org", "reviewer", address="k=", by=by, now=now)
    mail = session.scalars(select(Promise).where(Promise.kind == "mail").order_by(Promise.id.desc())).first()
    return str(mail.payload["text"]).partition("k=")[2].split()[0]


def _study(session: Session, email: str, module: Module, now: datetime, *, evaluates: bool) -> int:
    """Let somebody pass the module's test, and answer its evaluation or not yet."""
    user = session.scalars(select(User).where(User.email == f"{email}@example.org")).one()
    edition = find_latest_edition(session, module.id)
    enrollment = enroll(session, user.id, edition, now=now)
    for lesson in list_lessons(session, edition.id):
        finish_lesson(session, enrollment, lesson, now=now)
    attempt: Attempt = open_attempt(session, enrollment, now=now)
    submit_attempt(session, attempt, right_answers(attempt), now=now)
    if evaluates:
        ratings = {statement.key: 5 for statement in list_statements(session, edition.id)}
        submit_evaluation(session, enrollment, ratings, minutes=40, accommodation="not_needed", now=now)
    return enrollment.id
