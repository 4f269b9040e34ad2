"""Loads the demonstration into an empty database, months of history included, through the commands people use."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accreditation.accreditor import ACCREDITORS
from lms.accreditation.commands import calculate_credit, publish_edition, record_approval, submit_for_review
from lms.assessments.commands import add_item, set_quiz
from lms.assessments.evaluating import list_statements, submit_evaluation
from lms.assessments.sitting import open_attempt, save_answer, submit_attempt
from lms.awards.commands import complete, reissue_award
from lms.awards.document import verify_url
from lms.awards.models import Award, Revocation
from lms.boards.models import Board, Seat
from lms.config import Settings
from lms.learning.commands import beat, enroll, finish_lesson
from lms.learning.models import Enrollment
from lms.modules.commands import add_contributor, add_lesson, add_objective, add_reference, begin_module, edit_details
from lms.modules.models import Edition
from lms.modules.queries import list_lessons
from lms.people.models import License, Operator, User
from lms.providers.commands import add_member, begin_provider
from lms.providers.models import Provider

FOLDER = Path(__file__).parent
MODULES = ("ethics-and-telehealth", "burnout-and-self-care")
READING_SPEED = 210  # words a minute, for the time the demo learners spent


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return not session.scalar(select(func.count()).select_from(User))


def load(session: Session, settings: Settings, *, now: datetime) -> None:
    """Load everything; raises what the commands raise, so that a broken demonstration is noticed at once."""
    cast = yaml.safe_load((FOLDER / "people.yaml").read_text())
    begun = now - timedelta(days=160)
    people = _people(session, cast, demo_password(settings), begun)
    provider = _provider(session, cast, people, begun)
    editions = {
        slug: _module(session, provider, slug, people, begun + timedelta(days=10 * at)) for at, slug in enumerate(MODULES)
    }
    telehealth, burnout = editions["ethics-and-telehealth"], editions["burnout-and-self-care"]
    learner, colleague = people["learner"], people["colleague"]
    _finish(session, settings, learner, burnout, now - timedelta(days=23))
    _read(session, _enroll(session, learner, telehealth, now - timedelta(days=3)), now - timedelta(days=3), lessons=3)
    _finish(session, settings, colleague, burnout, now - timedelta(days=61))
    award = _finish(session, settings, colleague, telehealth, now - timedelta(days=40))
    colleague.name = cast["corrected_name"]
    reissue_award(
        session,
        award,
        name=colleague.name,
        licenses=_licenses(session, colleague),
        note="The accents were missing from the name in the profile.",
        by=people["manager"].id,
        public_url=settings.public_url,
        now=now - timedelta(days=38),
    )


def guide(session: Session, settings: Settings) -> list[str]:
    """Return the lines that tell who may sign in and which certificate may be checked; none without a demonstration."""
    cast = yaml.safe_load((FOLDER / "people.yaml").read_text())
    emails = {role: person["email"] for role, person in cast["people"].items()}
    learner = session.scalar(select(User.id).where(User.email == emails["learner"]))
    if learner is None:
        return []
    code = session.scalar(
        select(Award.code)
        .join(Award.completion)
        .join(Enrollment)
        .outerjoin(Revocation, Revocation.award_id == Award.id)
        .where(Enrollment.user_id == learner, Revocation.award_id.is_(None))
        .order_by(Award.id)
    )
    shown = ("learner", "author", "board", "reviewer", "manager", "operator")
    return [
        "",
        f"Sign in at {settings.public_url}/account/login with the password {demo_password(settings)}",
        *(f"  {role:<9} {emails[role]}" for role in shown),
        *([f"A certificate to check: {verify_url(settings.public_url, code)}"] if code else []),
    ]


def demo_password(settings: Settings) -> str:
    """Return this installation's password for the demonstration's people, made on first use, readable by its owner."""
    path = settings.data_dir / "demo.json"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"password": f"demo-{secrets.token_hex(4)}"}, file)
    return str(json.loads(path.read_text())["password"])


def _people(session: Session, cast: Mapping[str, Any], password: str, now: datetime) -> dict[str, User]:
    people = {}
    hashed = hash_password(password)
    for role, person in cast["people"].items():
        people[role] = User(
            **person, password=hashed, active=True, created_at=now, confirmed_at=now, fs_uniquifier=secrets.token_hex(16)
        )
    session.add_all(people.values())
    session.flush()
    session.add_all(License(user_id=people[role].id, **row) for role, row in cast["licenses"].items())
    session.add(Operator(user_id=people["operator"].id, since=now))
    board = Board(**cast["board"])
    session.add(board)
    session.flush()
    session.add(Seat(user_id=people["board"].id, board_id=board.id, since=now))
    session.flush()
    return people


def _provider(session: Session, cast: Mapping[str, Any], people: Mapping[str, User], now: datetime) -> Provider:
    operator = people["operator"].id
    texts = dict(cast["provider"])
    provider = begin_provider(session, texts.pop("slug"), texts, by=operator, now=now)
    for role in ("author", "reviewer", "manager"):
        add_member(session, provider, people[role].email, role, by=operator, now=now)
    rules = ACCREDITORS[cast["approval"]["accreditor"]].rules_on(now.date())
    record_approval(
        session,
        provider,
        accreditor=cast["approval"]["accreditor"],
        number=cast["approval"]["number"],
        formats=["self_paced"],
        professions=["psychologist", "social_worker", "counselor", "mft", "addiction_counselor"],
        valid_from=date(now.year, 1, 1),
        valid_to=date(now.year + 2, 12, 31),
        statement=rules.statement,
        by=people["manager"].id,
        now=now,
    )
    return provider


def _module(session: Session, provider: Provider, slug: str, people: Mapping[str, User], now: datetime) -> Edition:
    folder = FOLDER / "modules" / slug
    text = yaml.safe_load((folder / "module.yaml").read_text())
    author = people["author"].id
    edition = begin_module(session, provider.id, text["title"], slug=slug, by=author, now=now)
    today = now.date()
    edit_details(
        session,
        edition,
        **{key: text[key] for key in ("summary", "description", "level", "audience", "difficulty", "topics")},
        also_qualifies=text["also_qualifies"],
        content_warning=text["content_warning"] or "",
        crisis_box=text["crisis_box"],
        commercial_support=text["commercial_support"],
        originality=text["originality"],
        content_license=text["content_license"],
        cost="Free of charge",
        released_on=today,
        reviewed_on=today,
        expires_on=date(today.year + 3, today.month, 1),
        by=author,
        now=now,
    )
    objectives = {
        row["key"]: add_objective(session, edition, text=row["text"], key=row["key"], by=author, now=now)
        for row in text["objectives"]
    }
    for role in ("author", "planner"):
        for row in text[f"{role}s"]:
            person = {key: row.get(key, "") for key in ("name", "credentials", "bio", "disclosure")}
            person["bio"] = person["bio"] or row.get("role", "")
            add_contributor(session, edition, role=role, **person, by=author, now=now)
    for path in sorted((folder / "lessons").glob("*.md")):
        heading, body = path.read_text().split("\n", 1)
        title = heading.removeprefix("# ").strip()
        add_lesson(session, edition, title=title, body=body.strip(), slug=path.stem[3:], by=author, now=now)
    for row in text["references"]:
        add_reference(session, edition, **{"url": None, "seminal": False, **row}, by=author, now=now)
    for row in yaml.safe_load((folder / "items.yaml").read_text()):
        options = [{"right": False, **option} for option in row["options"]]
        add_item(
            session,
            edition,
            objective=objectives[row["objective"]],
            kind=row["kind"],
            stem=row["stem"],
            definition={"options": options},
            by=author,
            now=now,
        )
    test = text["test"]
    draws = {objectives[key].id: count for key, count in test.pop("draw").items()}
    set_quiz(session, edition, draws=draws, **test, by=author, now=now)
    calculate_credit(session, edition, "DEMO", "word_rate:6000", by=author, now=now)
    submit_for_review(session, edition, by=author, now=now + timedelta(days=1))
    publish_edition(session, edition, by=people["reviewer"].id, now=now + timedelta(days=2))
    return edition


def _enroll(session: Session, user: User, edition: Edition, now: datetime) -> Enrollment:
    return enroll(session, user.id, edition, now=now)


def _read(session: Session, enrollment: Enrollment, now: datetime, lessons: int | None = None) -> datetime:
    """Read the first lessons at a human pace and return when the last was finished."""
    for lesson in list_lessons(session, enrollment.edition_id)[:lessons]:
        beat(session, enrollment, lesson, begins=True, now=now)
        for _ in range(lesson.words * 2 // READING_SPEED):
            now += timedelta(seconds=30)
            beat(session, enrollment, lesson, now=now)
        finish_lesson(session, enrollment, lesson, now=now)
    return now


def _finish(session: Session, settings: Settings, user: User, edition: Edition, now: datetime) -> Award:
    """Take the whole module as a careful learner does and return the certificate."""
    enrollment = _enroll(session, user, edition, now)
    now = _read(session, enrollment, now)
    attempt = open_attempt(session, enrollment, now=now)
    for question in attempt.paper:
        now += timedelta(seconds=40)
        right = [str(at) for at, option in enumerate(question["definition"]["options"]) if option["right"]]
        save_answer(session, attempt, question["item"], right, now=now)
    submit_attempt(session, attempt, now=now)
    now += timedelta(minutes=3)
    ratings = {statement.key: 5 if statement.objective else 4 for statement in list_statements(session, edition.id)}
    minutes = round((now - enrollment.enrolled_at).total_seconds() / 60)
    submit_evaluation(session, enrollment, ratings, minutes=minutes, accommodation="not_needed", now=now)
    licenses = _licenses(session, user)
    finished = complete(session, enrollment, licenses, public_url=settings.public_url, now=now + timedelta(minutes=1))
    if finished.award is None:
        raise RuntimeError("the demonstration earned no certificate")
    return finished.award


def _licenses(session: Session, user: User) -> Sequence[License]:
    return session.scalars(select(License).where(License.user_id == user.id)).all()

