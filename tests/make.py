"""Builders for tests: `make.user()`, `make.edition(...)`; each fills in what the test does not name."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accreditation.accreditor import Accreditor
from lms.accreditation.models import Approval, CreditCalculation
from lms.assessments.models import Attempt, Evaluation, Item, Quiz, QuizDraw
from lms.assessments.question import QUESTIONS
from lms.assessments.sitting import open_attempt, submit_attempt
from lms.awards.commands import complete
from lms.awards.keys import fresh_seal
from lms.awards.models import Award
from lms.boards.models import Board, Seat
from lms.learning.commands import finish_lesson
from lms.learning.models import Enrollment, LessonProgress
from lms.modules.models import Contributor, Edition, Lesson, Media, Module, Objective, Reference
from lms.people.models import License, Operator, User
from lms.people.queries import list_licenses
from lms.providers.models import Membership, Provider


def right_answers(attempt: Attempt) -> dict[int, list[str]]:
    """The key of a paper, by item."""
    return {
        entry["item"]: [str(i) for i, option in enumerate(entry["definition"]["options"]) if option["right"]]
        for entry in attempt.paper
    }


def wrong_answers(attempt: Attempt) -> dict[int, list[str]]:
    """An answer to every question, and none is right."""
    return {
        entry["item"]: [str(i) for i, option in enumerate(entry["definition"]["options"]) if not option["right"]][:1]
        for entry in attempt.paper
    }


SEAL = fresh_seal("https://credence.example")


class Make:
    """Adds rows to the test's session; every call flushes."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now
        self.numbers = itertools.count(1)
        self.seal = SEAL

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def user(self, **values: Any) -> User:
        n = next(self.numbers)
        return self._add(
            User(**{
                "email": f"person{n}@example.org", "name": f"Person {n}", "password": "!", "active": True,
                "created_at": self.now, "confirmed_at": self.now, "fs_uniquifier": f"uniq{n}-{id(self)}", **values,
            })
        )  # fmt: skip

    def license(self, user: User, **values: Any) -> License:
        n = next(self.numbers)
        return self._add(
            License(**{
                "user_id": user.id, "jurisdiction": "US-CA", "profession": "mft", "credential": "LMFT",
                "number": f"LMFT{100000 + n}", **values,
            })
        )  # fmt: skip

    def operator(self) -> User:
        user = self.user()
        self._add(Operator(user_id=user.id, since=self.now))
        return user

    def provider(self, **values: Any) -> Provider:
        n = next(self.numbers)
        return self._add(
            Provider(**{
                "slug": f"provider-{n}", "name": f"Provider {n}", "about": "We teach.",
                "address": "1 Main Street, Springfield, IL 62701", "telephone": "+1 217 555 0100",
                "email": "office@example.org", "website": "https://example.org", "signatory_name": "Ada Example",
                "signatory_title": "Program Director", "refund_policy": "Free of charge.",
                "accommodation_policy": "Write to office@example.org.", "grievance_policy": "Write to us.",
                "system_requirements": "Any current browser.", "created_at": self.now, **values,
            })
        )  # fmt: skip

    def member(self, provider: Provider, role: str, user: User | None = None) -> User:
        user = user or self.user()
        self._add(Membership(user_id=user.id, provider_id=provider.id, role=role, since=self.now))
        return user

    def board(self, **values: Any) -> Board:
        n = next(self.numbers)
        return self._add(
            Board(
                **{
                    "slug": f"board-{n}",
                    "name": f"Board {n}",
                    "jurisdiction": "US-CA",
                    "professions": ["mft"],
                    **values,
                }
            )
        )

    def board_member(self, board: Board | None = None) -> User:
        user = self.user()
        self._add(Seat(user_id=user.id, board_id=(board or self.board()).id, since=self.now))
        return user

    def approval(self, provider: Provider, **values: Any) -> Approval:
        recorder = values.pop("recorded_by", None) or self.user().id
        return self._add(
            Approval(**{
                "provider_id": provider.id, "accreditor": "DEMO", "number": "DEMO-0001", "formats": ["self_paced"],
                "professions": ["psychologist", "social_worker", "counselor", "mft", "addiction_counselor"],
                "valid_from": date(2026, 1, 1), "valid_to": date(2027, 12, 31),
                "statement": "{provider} is approved by the fictional DEMO, number {number}, to offer {hours}.",
                "recorded_at": self.now, "recorded_by": recorder, "confirmed_at": self.now, "confirmed_by": recorder,
                **values,
            })
        )  # fmt: skip

    def draft(
        self,
        provider: Provider | None = None,
        *,
        lessons: int = 2,
        objectives: int = 2,
        items: int = 4,
        **values: Any,
    ) -> Edition:
        """A whole draft: text, bank and settings; `items` per objective, all single best answer with "0" right."""
        n = next(self.numbers)
        provider = provider or self.provider()
        quiz = values.pop("quiz", {})
        body = values.pop("body", "Some *text*. " * 50)
        module = values.pop("module", None)
        number = self._count_editions(module) + 1 if module else 1
        module = module or self._add(Module(provider_id=provider.id, slug=f"module-{n}", created_at=self.now))
        edition: Edition = self._add(
            Edition(**{
                "module_id": module.id, "number": number, "title": f"Module {n}", "summary": "What it is about.",
                "description": "A longer text about what it is about.", "level": "beginning",
                "audience": ["mft", "counselor", "social_worker", "psychologist"], "topics": {"ethics": "1.00"},
                "commercial_support": "None.", "originality": "Written for this test.", "content_license": "CC BY 4.0",
                "cost": "Free", "reviewed_on": date(2026, 6, 1), "released_on": date(2026, 6, 1),
                "expires_on": date(2029, 5, 31), "created_at": self.now, "words": 6000, **values,
            })
        )  # fmt: skip
        for role in ("author", "planner"):
            self._add(
                Contributor(
                    edition_id=edition.id, position=1, role=role, name=f"Doctor {role}", credentials="PhD, LMFT",
                    bio="Practices in a clinic.", disclosure="Nothing to disclose.",
                )
            )  # fmt: skip
        for position in range(1, lessons + 1):
            self._add(
                Lesson(
                    edition_id=edition.id, position=position, slug=f"lesson-{position}", title=f"Lesson {position}",
                    body=body, words=edition.words // lessons,
                )
            )  # fmt: skip
        definition, _ = QUESTIONS["single_best"].example()
        for position in range(1, objectives + 1):
            objective = self._add(
                Objective(
                    edition_id=edition.id,
                    position=position,
                    key=f"o{position}",
                    text=f"Describe the thing number {position}.",
                )
            )
            for index in range(items):
                self._add(
                    Item(
                        edition_id=edition.id, objective_id=objective.id, position=index + 1, kind="single_best",
                        stem=f"Question {position}.{index}", definition=dict(definition),
                    )
                )  # fmt: skip
            self._add(QuizDraw(edition_id=edition.id, objective_id=objective.id, count=2))
        settings = {"pass_mark": 75, "attempts": 3, "cooldown_minutes": 0, "shuffle": True, **quiz}
        self._add(Quiz(edition_id=edition.id, **settings))
        for year in (2015, 2020, 2024):
            self._add(
                Reference(
                    edition_id=edition.id,
                    position=year,
                    citation=f"Author ({year}). Title. Journal.",
                    year=year,
                    seminal=year < 2016,
                )
            )
        return edition

    def _count_editions(self, module: Module) -> int:
        return self.session.scalar(select(func.count()).where(Edition.module_id == module.id)) or 0

    def media(self, edition: Edition | None = None, **values: Any) -> Media:
        """A picture of the edition's module; its file is on no shelf."""
        edition = edition or self.draft()
        return self._add(
            Media(**{
                "module_id": edition.module_id, "kind": "image", "sha256": "0" * 64, "content_type": "image/png",
                "filename": "chart.png", "size": 10, "width": 2, "height": 2, "alt": "A chart.",
                "uploaded_at": self.now,
                "uploaded_by": self.user().id, **values,
            })
        )  # fmt: skip

    def edition(self, provider: Provider | None = None, *, hours: str = "1.00", **values: Any) -> Edition:
        """A published edition with a calculation for DEMO and a current approval of its provider."""
        provider = provider or self.provider()
        edition = self.draft(provider, **values)
        if not self.session.scalars(select(Approval).where(Approval.provider_id == provider.id)).first():
            self.approval(provider)
        someone = self.user()
        self._add(
            CreditCalculation(
                edition_id=edition.id, accreditor="DEMO", method="word_rate:6000", inputs={"words": edition.words},
                minutes=Fraction(60), hours=Decimal(hours), topics=edition.topics,
                calculated_at=self.now, calculated_by=someone.id,
            )
        )  # fmt: skip
        edition.policies = {
            "refund": "Free of charge.", "accommodation": "Write to us.", "grievance": "Write to us.",
            "system": "Any browser.",
        }  # fmt: skip
        edition.submitted_at = self.now - timedelta(days=2)
        edition.published_at = self.now - timedelta(days=1)
        edition.published_by = someone.id
        self.session.flush()
        return edition

    def enrollment(self, user: User | None = None, edition: Edition | None = None) -> Enrollment:
        user = user or self.user()
        edition = edition or self.edition()
        return self._add(Enrollment(user_id=user.id, edition_id=edition.id, enrolled_at=self.now))

    def read(self, user: User | None = None, edition: Edition | None = None) -> Enrollment:
        """An enrollment with every lesson finished."""
        enrollment = self.enrollment(user, edition)
        for lesson in self.session.scalars(select(Lesson).where(Lesson.edition_id == enrollment.edition_id)).all():
            finish_lesson(self.session, enrollment, lesson, now=self.now)
        return enrollment

    def sitting(self, user: User | None = None, edition: Edition | None = None) -> Attempt:
        """An open attempt."""
        return open_attempt(self.session, self.read(user, edition), now=self.now)

    def passed(self, user: User | None = None, edition: Edition | None = None) -> Attempt:
        """An attempt that passed with everything right."""
        attempt = self.sitting(user, edition)
        return submit_attempt(self.session, attempt, right_answers(attempt), now=self.now)

    def ready(self, user: User | None = None, edition: Edition | None = None) -> Enrollment:
        """An enrollment that lacks nothing but the attestation: lessons read, test passed, evaluation given."""
        enrollment = self.enrollment(user, edition)
        self.session.add_all(self.ready_parts(enrollment))
        self.session.flush()
        return enrollment

    def ready_parts(self, enrollment: Enrollment) -> list[Any]:
        """What `ready` adds, not yet added."""
        lessons = self.session.scalars(select(Lesson).where(Lesson.edition_id == enrollment.edition_id)).all()
        return [
            *(
                LessonProgress(
                    enrollment_id=enrollment.id, lesson_id=lesson.id, opened_at=self.now, seconds=600,
                    finished_at=self.now,
                )
                for lesson in lessons
            ),
            Attempt(
                enrollment_id=enrollment.id, number=1, opened_at=self.now, paper=[], pass_mark=80,
                submitted_at=self.now,
                score=Fraction(1), passed=True,
            ),
            Evaluation(enrollment_id=enrollment.id, submitted_at=self.now, ratings={"overall": 5}, minutes=60),
        ]  # fmt: skip

    def with_daily_cap(self, accreditor: Accreditor, hours: int) -> Accreditor:
        """The accreditor, but with a cap on the hours it credits in 24 hours."""
        return replace(
            accreditor, editions=tuple(replace(rules, daily_cap_hours=hours) for rules in accreditor.editions)
        )

    def award(self, user: User | None = None, edition: Edition | None = None) -> Award:
        """A certificate, earned the way certificates are."""
        enrollment = self.ready(user, edition)
        licenses = list_licenses(self.session, enrollment.user_id)
        finished = complete(self.session, enrollment, licenses, seal=self.seal, now=self.now)
        assert finished.award is not None
        return finished.award
