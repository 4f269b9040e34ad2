"""The journey a certificate comes from, through the real pages: enrolling, reading, the test, finishing, sharing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lms import create_app
from lms.assessments.models import Attempt
from lms.awards.keys import Seal, open_seal
from lms.awards.models import SignedList, StatusList
from lms.awards.proofs import sign_due_lists
from lms.config import Settings, read_settings
from lms.db import begin_writing, open_engine
from lms.people.models import User
from lms.schema import migrate
from tests.conftest import Browser
from tests.make import Make, right_answers

PUBLIC_URL = "https://credence.example"
RADIO = re.compile(r'<input[^>]*name="([a-z_0-9]+)"[^>]*type="radio"|<input[^>]*type="radio"[^>]*name="([a-z_0-9]+)"')


@dataclass
class Installation:
    """A small one with a published module, a learner with a license, and the provider's manager."""

    app: Any
    engine: Engine
    settings: Settings
    module: str
    learner: User
    manager: User

    def visitor(self) -> Browser:
        """Somebody who has not signed in."""
        return Browser(self.app)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session of its own, kept at the end."""
        with Session(self.engine, expire_on_commit=False) as session:
            begin_writing(session)
            yield session
            session.commit()

    @property
    def seal(self) -> Seal:
        """The keys as they are in the file now."""
        return open_seal(self.settings.data_dir, self.settings.public_url)


def install(folder: Path) -> Installation:
    """Set one up in the folder, on an embedded database."""
    plain = read_settings({"LMS_DATA_DIR": str(folder), "PORT": "8098"})
    settings = replace(plain, public_url=PUBLIC_URL, testing=True, rate_limits=False)
    engine = open_engine(settings.database_url)
    migrate(engine)
    with Session(engine, expire_on_commit=False) as session:
        begin_writing(session)
        make = Make(session, datetime.now(UTC) - timedelta(days=3))
        provider = make.provider(slug="harbor")
        edition = make.edition(provider)
        learner = make.user(name="Zoë O’Brien-Łukasiewicz")
        make.license(learner, number="LMFT104233")
        manager = make.member(provider, "manager")
        session.commit()
        slug = edition.module.slug
    return Installation(create_app(settings), engine, settings, slug, learner, manager)


def earn(place: Installation) -> str:
    """Take the module from enrolling to the certificate, page by page, and return the certificate's code."""
    browser = place.visitor().sign_in(place.learner)
    at = _sent(browser.post(f"/modules/{place.module}/enroll"))
    at = _sent(browser.get(at))
    enrollment = at.split("/")[2]
    while "/lessons/" in at:
        assert browser.get(at).status_code == 200
        at = _sent(browser.post(at))
    assert at == f"/learn/{enrollment}/test"
    _sent(browser.post(at))
    assert browser.get(at).status_code == 200
    with Session(place.engine) as session:
        key = right_answers(session.scalars(select(Attempt)).one())
    answers = {f"item-{item}": chosen for item, chosen in key.items()} | {f"shown-{item}": "y" for item in key}
    assert "You passed" in browser.get(_sent(browser.post(f"{at}/1/submit", answers))).text
    page = browser.get(f"/learn/{enrollment}/evaluation").text
    ratings = {name: "5" for pair in RADIO.findall(page) for name in pair if name}
    given = ratings | {"minutes": "60", "accommodation": "not_needed"}
    at = _sent(browser.post(f"/learn/{enrollment}/evaluation", given))
    ticked = re.findall(r'name="licenses"[^>]*value="(\d+)"', browser.get(at).text)
    done = browser.get(_sent(browser.post(at, {"attested": "y", "licenses": ticked}))).text
    return re.search(r"/record/certificates/([0-9A-Z]{26})", done)[1]


def share(place: Installation, code: str) -> str:
    """Let the holder make a link; return its key."""
    holder = place.visitor().sign_in(place.learner)
    page = holder.post(f"/record/certificates/{code}/sharing", {"name": "A verifier elsewhere", "days": "7"}).text
    return re.search(rf"{re.escape(PUBLIC_URL)}/c/{code}\?k=([\w-]+)<", page)[1]


def revoke(place: Installation, code: str) -> None:
    """Let the provider's manager revoke the certificate."""
    manager = place.visitor().sign_in(place.manager)
    _sent(manager.post(f"/workshop/certificates/{code}/revoke", {"reason": "misconduct", "note": "For this test."}))


def let_lists_run_out(place: Installation) -> None:
    """Serve the list as it was signed fifteen days ago, as after a worker that stood still."""
    with place.writing() as session:
        session.query(SignedList).delete()
        sign_due_lists(session, place.seal, now=datetime.now(UTC) - timedelta(days=15))


def sign_lists_again(place: Installation) -> None:
    """Do the worker's round."""
    with place.writing() as session:
        assert sign_due_lists(session, place.seal, now=datetime.now(UTC)) == len(
            session.scalars(select(StatusList)).all()
        )


def _sent(answer: Any) -> str:
    """Return where the answer leads; it has to lead somewhere."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:2000])
    return str(answer.location)
