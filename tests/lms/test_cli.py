"""The commands of the terminal, each in one transaction."""

import pytest

from lms import create_app
from lms.config import VARIABLES
from lms.db import open_engine
from lms.schema import migrate


@pytest.fixture
def runner(tmp_path, settings):
    """A runner on an installation of its own: these commands commit."""
    from dataclasses import replace

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
