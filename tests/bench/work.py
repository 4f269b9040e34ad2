"""What takes CPU beside pages: issuing, drawing, appending to the log, checking a list of codes."""

import gc
import hashlib
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import log as tree
from certificates.typesetter import PRESS
from lms import create_app
from lms.awards.commands import complete
from lms.awards.keys import open_seal
from lms.awards.log import append_entry
from lms.config import Settings
from lms.db import begin_writing, open_engine
from lms.files import Shelf
from lms.learning.models import Enrollment
from lms.modules.models import Edition, Module
from lms.oversight.batch import check_batch
from lms.oversight.commands import begin_batch
from lms.oversight.models import Batch
from lms.people.queries import list_licenses
from tests.bench.pages import AGENT, cookie_of
from tests.bench.world import World
from tests.make import Make

Figures = dict[str, float]


def measure(settings: Settings, world: World, *, times: int) -> Figures:
    """Return CPU milliseconds of ours (the database's own not counted), the median of so many times."""
    return {
        **_issue(settings, world, times),
        "pdf_cpu_ms": _draw(settings, world, times),
        "append_cpu_ms": _append(settings, times * 5),
    }


def _median(task: Callable[[int], object], times: int) -> float:
    """Return the milliseconds of CPU a task takes, here and in the process that draws, all threads together."""
    taken = []
    for number in range(times + 2):
        begun = _cpu()
        task(number)
        taken.append(_cpu() - begun)
    return statistics.median(taken[2:]) * 1000  # the first two warm up


def _cpu() -> float:
    child = PRESS._child
    return time.process_time() + (time.clock_gettime(~child.pid << 3 | 2) if child else 0)  # Linux's clock of a process


def _issue(settings: Settings, world: World, times: int) -> Figures:
    """Complete enrollments: sign, store, log, ledger, promise, commit."""
    engine = open_engine(settings.database_url)
    seal = open_seal(settings.data_dir, settings.public_url)
    now = datetime.now(UTC)
    with Session(engine, expire_on_commit=False) as session:
        begin_writing(session)
        make = Make(session, now)
        edition = session.scalars(select(Edition).join(Module).where(Module.slug == world.module)).one()
        ready = []
        for _ in range(times + 2):
            user = make.user(email=f"{id(make)}-{next(make.numbers)}@example.org")
            make.license(user, number=f"{time.time_ns()}")
            ready.append(make.ready(user, edition).id)
        session.commit()

    def issue(number: int) -> None:
        with Session(engine, expire_on_commit=False) as session:
            begin_writing(session)
            enrollment = session.get_one(Enrollment, ready[number])
            complete(session, enrollment, list_licenses(session, enrollment.user_id), seal=seal, now=now)
            session.commit()

    begun = time.perf_counter()
    cpu = _median(issue, times)
    wall = (time.perf_counter() - begun) / (times + 2) * 1000
    engine.dispose()
    return {"issue_cpu_ms": cpu, "issue_wall_ms": wall}


def _draw(settings: Settings, world: World, times: int) -> float:
    """Ask for PDFs of certificates that were not drawn before, through the application without its server."""
    app = create_app(settings)
    client = app.test_client(use_cookies=False)
    headers = {"Cookie": cookie_of(settings, world), "User-Agent": AGENT}

    def draw(number: int) -> None:
        answer = client.get(f"/record/certificates/{world.codes[-1 - number]}.pdf", headers=headers)
        assert answer.data.startswith(b"%PDF")

    return _median(draw, times)


def _append(settings: Settings, times: int) -> float:
    """Append entries to the log, each in a transaction of its own."""
    engine = open_engine(settings.database_url)
    seal = open_seal(settings.data_dir, settings.public_url)
    now = datetime.now(UTC)

    def append(number: int) -> None:
        sha256 = hashlib.sha256(f"{time.time_ns()} {number}".encode()).hexdigest()
        with Session(engine) as session:
            begin_writing(session)
            append_entry(session, seal, tree.Entry("issue", sha256, now))
            session.commit()

    cpu = _median(append, times)
    engine.dispose()
    return cpu


def check_codes(settings: Settings, world: World) -> Figures:
    """Check all the codes of the world as a board's batch; seconds, with the database's time, and of CPU."""
    engine = open_engine(settings.database_url)
    seal = open_seal(settings.data_dir, settings.public_url)
    now = datetime.now(UTC)
    create_app(settings)
    gc.freeze()  # as `wsgi.py` does, through which the worker comes
    with Session(engine, expire_on_commit=False) as session:
        begin_writing(session)
        make = Make(session, now)
        board = make.board(slug=f"bench-{time.time_ns()}")
        member = make.user(email=f"{time.time_ns()}@example.org")
        batch_id = begin_batch(session, board, world.codes, "bench", by=member.id, now=now).id
        session.commit()
    with Session(engine, expire_on_commit=False) as session:
        begun, cpu = time.perf_counter(), time.process_time()
        for _ in check_batch(session, Shelf(str(Path(settings.data_dir) / "results")), seal, batch_id, now=now):
            session.commit()
        figures = {"batch_seconds": time.perf_counter() - begun, "batch_cpu_seconds": time.process_time() - cpu}
        batch = session.get_one(Batch, batch_id)
        assert batch.counts == {"valid": len(world.codes)}, batch.counts
    engine.dispose()
    return figures
