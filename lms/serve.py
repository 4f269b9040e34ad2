"""`python -m lms.serve`: the whole installation in one command: database, demonstration, worker and web server."""

import gc
import logging
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import Process

from granian import Granian
from granian.constants import Interfaces
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lms import create_app
from lms.awards.audit import adopt_head
from lms.awards.home import why_not_home
from lms.awards.keys import note_signed_head, open_seal
from lms.awards.proofs import sign_due_lists
from lms.config import BadSettings, Settings, read_settings
from lms.db import begin_writing, open_engine
from lms.demo import load as demo
from lms.schema import migrate
from lms.worker import open_queue, work

STOP_SECONDS = 10
BY_ITSELF = ["-m", "flask", "--app", "wsgi", "worker", "run"]


def main() -> int:
    """Bring the database up to date, load the demonstration once, and serve until Ctrl-C; 2 for bad settings."""
    try:
        settings = read_settings()
    except BadSettings as problem:
        say([str(problem)])
        return 2
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # in a process of its own: the typesetter starts threads when it draws for the demonstration, and a web worker
    # forked from here would wait for them for ever with its first PDF
    with ProcessPoolExecutor(1) as apart:
        refusal = apart.submit(prepare, settings).result()
    if refusal:
        say([refusal])
        return 2
    # Forked, as the web workers are: started anew it would have all libraries to itself, 90 MB. What is frozen stays
    # shared: the collector would write into each object, and so copy it, once in each process.
    gc.freeze()
    worker = Process(target=work_apart, args=(settings,))
    worker.start()
    try:
        serve(settings)
    finally:
        if worker.is_alive() and worker.pid:
            os.kill(worker.pid, signal.SIGINT)
        worker.join(STOP_SECONDS)
        worker.kill()
    return 0


def work_apart(settings: Settings) -> None:
    """Do the background work in this process until it gets SIGINT or SIGTERM; what `flask worker run` does."""
    os.setsid()  # Ctrl-C reaches the whole group; the worker finishes what it is at when we tell it to
    sys.argv[:] = BY_ITSELF  # what Huey starts in its own place on SIGHUP
    work(open_queue(settings))


def prepare(settings: Settings) -> str:
    """Migrate the database and, where the settings want it and it is empty, load the demonstration.

    Returns why nothing can be served, and an empty text where it can.
    """
    engine = open_engine(settings.database_url)
    migrate(engine)
    with Session(engine) as session:
        problem = why_not_home(session, open_seal(settings.data_dir, settings.public_url))
    if problem:
        engine.dispose()
        return problem
    _sign_log(engine, settings)
    with Session(engine) as session:
        begin_writing(session)
        if settings.demo and demo.is_empty(session):
            say(["Loading the demonstration catalogue (once) ..."])
            with create_app(settings).app_context():  # passwords are hashed as the application does it
                demo.load(session, settings, now=datetime.now(UTC))
        session.commit()
        guide = demo.guide(session, settings) if settings.demo else []
    engine.dispose()
    say(["", f"Credence is at {settings.public_url} (Ctrl-C stops it)", *guide, ""])
    return ""


def _sign_log(engine: Engine, settings: Settings) -> None:
    """Sign the head of a log from before heads were signed as today, once, and only where all of it fits."""
    with Session(engine) as session:
        begin_writing(session)
        seal = open_seal(settings.data_dir, settings.public_url)
        problems = adopt_head(session, seal, now=datetime.now(UTC))
        if problems:
            session.rollback()
            say(["The certificate log does not fit, so it is not signed and no certificate shows as valid:", *problems])
            return
        sign_due_lists(session, seal, now=datetime.now(UTC))  # after a move or a rotation they would say cannot check
        session.commit()
    if not seal.names_lists:
        note_signed_head(settings.data_dir)


def serve(settings: Settings, target: str = "wsgi:app") -> None:
    """Run the web server until it is told to stop."""
    Granian(
        target,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()


def say(lines: Sequence[str]) -> None:
    """Write lines for the person at the terminal."""
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
