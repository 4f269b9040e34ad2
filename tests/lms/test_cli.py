"""The commands of the terminal, each in one transaction."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from lms import create_app
from lms.awards.keys import open_seal
from lms.config import VARIABLES
from lms.db import begin_writing, open_engine
from lms.schema import migrate
from tests.make import Make


@pytest.fixture
def runner(tmp_path, settings):
    """A runner on an installation of its own: these commands commit."""
    own = replace(settings, database_url=f"sqlite:///{tmp_path / 'own.db'}", data_dir=settings.data_dir)
    engine = open_engine(own.database_url)
    migrate(engine)
    engine.dispose()
    return create_app(own).test_cli_runner()


def test_the_settings_are_listed(runner):
    said = runner.invoke(args=["settings", "list"]).output
    assert all(name in said for name, _, _ in VARIABLES)


def test_migrating_twice_is_migrating_once(runner):
    assert runner.invoke(args=["database", "migrate"]).exit_code == 0


def test_the_demonstration_goes_into_an_empty_database_only(runner):
    first = runner.invoke(args=["demo", "load"])
    assert first.exit_code == 0, first.output
    assert "maya@example.org" in first.output
    again = runner.invoke(args=["demo", "load"])
    assert again.exit_code == 1
    assert "accounts already" in again.output
    assert runner.invoke(args=["operator", "add", "maya@example.org"]).output == (
        "Maya Okafor-Lindqvist runs this installation now.\n"
    )
    assert "promises are due" in runner.invoke(args=["outbox", "count"]).output


def test_an_operator_needs_an_account(runner):
    assert "no account" in runner.invoke(args=["operator", "add", "nobody@example.org"]).output


def test_a_shell_with_other_settings_than_the_server_cries_no_forgery(tmp_path, settings, now):
    there = replace(settings, database_url=f"sqlite:///{tmp_path / 'own.db'}", data_dir=tmp_path)
    engine = open_engine(there.database_url)
    migrate(engine)
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session, now)
        make.seal = open_seal(there.data_dir, there.public_url)
        make.award()
        session.commit()
    engine.dispose()
    elsewhere = create_app(replace(there, public_url="http://localhost:8093")).test_cli_runner()
    assert create_app(there).test_cli_runner().invoke(args=["keys", "list"]).exit_code == 0
    for ask in (["log", "audit"], ["keys", "list"]):
        answer = elsewhere.invoke(args=ask)
        assert answer.exit_code == 1
        assert "PUBLIC_URL says localhost:8093" in answer.output
        assert "the settings that the server has" in answer.output
        assert "do not fit" not in answer.output
