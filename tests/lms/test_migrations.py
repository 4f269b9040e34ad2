"""Models and migrations agree, both ways, on both databases; history has one line and imports nothing of ours."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade, upgrade
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from lms.db import open_engine
from lms.schema import alembic_config, metadata, migrate
from tests.conftest import fresh_postgres

VERSIONS = Path(__file__).parents[2] / "migrations" / "versions"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request, tmp_path):
    """An engine on an empty database."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        url = fresh_postgres(request.getfixturevalue("postgres_server"))
    engine = open_engine(url)
    yield engine
    engine.dispose()


def test_up_down_and_up_again(empty_engine):
    migrate(empty_engine)
    migrate(empty_engine, "base")
    assert set(inspect(empty_engine).get_table_names()) <= {"alembic_version"}
    migrate(empty_engine)
    migrate(empty_engine)
    assert set(metadata.tables) <= set(inspect(empty_engine).get_table_names())


def test_the_models_say_what_the_migrations_made(empty_engine):
    migrate(empty_engine)
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("module_search")},
        )
        assert compare_metadata(context, metadata) == []


def test_a_rule_that_was_changed_left_its_table_as_it_was(empty_engine):
    """0009: the history of an audit takes one more kind of line, and its triggers are where they were."""
    sqlite = empty_engine.dialect.name == "sqlite"
    triggers = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entries'"
        if sqlite
        else "SELECT trigger_name FROM information_schema.triggers WHERE event_object_table = 'audit_entries'"
    )
    migrate(empty_engine)
    for move, revision, taken in ((downgrade, "0008", False), (upgrade, "0009", True)):
        with empty_engine.connect().execution_options(writes=True) as connection:
            move(alembic_config(connection), revision)
            connection.commit()
        with empty_engine.connect() as connection:
            (rule,) = inspect(connection).get_check_constraints("audit_entries")
            assert ("refused" in rule["sqltext"]) is taken
            assert set(connection.scalars(text(triggers))) == {"keep_audit_entries_update", "keep_audit_entries_delete"}
            if sqlite:
                assert connection.scalar(text("PRAGMA integrity_check")) == "ok"


def test_history_is_one_line(empty_engine):
    with empty_engine.connect() as connection:
        assert len(ScriptDirectory.from_config(alembic_config(connection)).get_heads()) == 1


def test_history_imports_nothing_of_ours():
    for path in VERSIONS.glob("*.py"):
        assert "lms" not in path.read_text(), path.name


def test_a_writer_on_sqlite_waits_its_turn(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()
