"""`flask <noun> <verb>`: parses, opens one transaction, calls the command the web calls, prints one line."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.awards.audit import audit
from lms.awards.keys import compromise_key, listed_keys, open_seal, rotate_key
from lms.awards.log import written_vkey
from lms.config import VARIABLES, Settings
from lms.db import begin_writing, open_engine
from lms.demo import load as demonstration
from lms.outbox import list_due
from lms.people.commands import add_operator
from lms.people.queries import find_user_by_email
from lms.schema import migrate


def init_app(app: Flask, settings: Settings) -> None:
    """Register the nouns."""
    nouns = (_database, _operator, _demo, _outbox, _keys, _log)
    for group in (*(noun(settings) for noun in nouns), _worker(app), _settings()):
        app.cli.add_command(group)


def _database(settings: Settings) -> AppGroup:
    group = AppGroup("database", help="The database.")

    @group.command("migrate")
    def migrate_() -> None:
        """Bring the database up to date."""
        migrate(open_engine(settings.database_url))
        click.echo("The database is up to date.")

    return group


def _operator(settings: Settings) -> AppGroup:
    group = AppGroup("operator", help="Who runs the installation.")

    @group.command("add")
    @click.argument("email")
    def add(email: str) -> None:
        """Make the account with this address an operator."""
        with Session(open_engine(settings.database_url)) as session:
            begin_writing(session)
            user = find_user_by_email(session, email)
            if user is None:
                raise click.ClickException("There is no account with this address; create it through the site first.")
            add_operator(session, user, now=datetime.now(UTC))
            session.commit()
            click.echo(f"{user.name} runs this installation now.")

    return group


def _demo(settings: Settings) -> AppGroup:
    group = AppGroup("demo", help="The demonstration catalogue.")

    @group.command("load")
    def load() -> None:
        """Load it into an empty database."""
        with Session(open_engine(settings.database_url)) as session:
            begin_writing(session)
            if not demonstration.is_empty(session):
                raise click.ClickException("There are accounts already; the demonstration goes into an empty database.")
            demonstration.load(session, settings, now=datetime.now(UTC))
            session.commit()
            click.echo("\n".join(demonstration.guide(session, settings)).strip())

    return group


def _worker(app: Flask) -> AppGroup:
    group = AppGroup("worker", help="Background work.")

    @group.command("run")
    def run() -> None:
        """Carry out what the outbox promises, until it is told to stop."""
        app.extensions["queue"].create_consumer(workers=2, initial_delay=0.1, max_delay=1.0).run()

    return group


def _outbox(settings: Settings) -> AppGroup:
    group = AppGroup("outbox", help="What was promised to the outside.")

    @group.command("count")
    def count() -> None:
        """Say how many promises are due and not kept."""
        with Session(open_engine(settings.database_url)) as session:
            click.echo(f"{len(list_due(session, datetime.now(UTC), limit=10_000))} promises are due.")

    return group


def _keys(settings: Settings) -> AppGroup:
    group = AppGroup("keys", help="The keys that certificates are signed with.")

    @group.command("list")
    def list_() -> None:
        """List the keys that vouch, the one in use first, and the log's verifying key."""
        seal = open_seal(settings.data_dir, settings.public_url)
        for line in listed_keys(seal):
            click.echo(line)
        click.echo(f"log {written_vkey(seal)}")

    @group.command("rotate")
    def rotate() -> None:
        """Sign with a new key from now on; the old one stays listed."""
        click.echo(f"Signing with {rotate_key(settings.data_dir, now=datetime.now(UTC))} now.")

    @group.command("compromise")
    @click.argument("key")
    @click.option("--since", type=click.DateTime(), required=True, help="The day it may have happened first, UTC.")
    @click.confirmation_option(prompt="Every certificate that this key signed stops verifying. Go on?")
    def compromise(key: str, since: datetime) -> None:
        """Strike a key that fell into other hands; docs/keys.md says what comes next."""
        try:
            active = compromise_key(settings.data_dir, key, since=since.replace(tzinfo=UTC), now=datetime.now(UTC))
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"Struck. Signing with {active} now.")

    return group


def _log(settings: Settings) -> AppGroup:
    group = AppGroup("log", help="The public log.")

    @group.command("audit")
    @click.option("--checkpoint", "files", multiple=True, type=click.Path(exists=True, path_type=Path))
    def audit_(files: tuple[Path, ...]) -> None:
        """Recompute everything and name what does not fit; a checkpoint kept elsewhere catches even a rewritten log."""
        witnessed = [file.read_text() for file in files]
        with Session(open_engine(settings.database_url)) as session:
            seal = open_seal(settings.data_dir, settings.public_url)
            found = list(audit(session, seal, now=datetime.now(UTC), witnessed=witnessed))
        for line in found:
            click.echo(line)
        if found:
            raise click.ClickException(f"{len(found)} things do not fit.")
        click.echo("Everything fits: entries, tree, checkpoints, certificates, signatures, ledger and lists.")

    return group


def _settings() -> AppGroup:
    group = AppGroup("settings", help="The environment variables that Credence reads.")

    @group.command("list")
    def list_() -> None:
        """List them with their defaults."""
        for name, default, meaning in VARIABLES:
            click.echo(f"{name:<16} {meaning} [{default or 'empty'}]")

    return group
