"""`flask <noun> <verb>`: parses, opens one transaction, calls the command the web calls, prints one line."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from lms.awards.anew import look_ahead, sign_anew
from lms.awards.audit import audit
from lms.awards.home import accept_host, why_not_home
from lms.awards.keys import Seal, compromise_key, listed_keys, open_seal, rotate_key
from lms.awards.log import written_vkey
from lms.config import VARIABLES, Settings
from lms.db import begin_writing, open_engine
from lms.demo import load as demonstration
from lms.files import Shelf
from lms.outbox import list_due
from lms.oversight.packet import renew_packets
from lms.people.commands import add_operator
from lms.people.queries import find_user_by_email
from lms.schema import migrate
from lms.worker import work


def init_app(app: Flask, settings: Settings) -> None:
    """Register the nouns."""
    nouns = (_database, _operator, _demo, _outbox, _keys, _host, _log)
    for group in (*(noun(settings) for noun in nouns), _worker(app, settings), _settings()):
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


def _worker(app: Flask, settings: Settings) -> AppGroup:
    group = AppGroup("worker", help="Background work.")

    @group.command("run")
    def run() -> None:
        """Carry out what the outbox promises, until it is told to stop."""
        with Session(open_engine(settings.database_url)) as session:
            _open_at_home(session, settings)
        work(app.extensions["queue"])

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
        with Session(open_engine(settings.database_url)) as session:
            seal = _open_at_home(session, settings)
        for line in listed_keys(seal):
            click.echo(line)
        click.echo(f"log {written_vkey(seal)}")

    @group.command("rotate")
    def rotate() -> None:
        """Sign with a new key from now on; the old one stays listed."""
        click.echo(f"Signing with {rotate_key(settings.data_dir, now=datetime.now(UTC))} now.")

    @group.command("compromise")
    @click.argument("key")
    @click.option(
        "--since", type=click.DateTime(), required=True, help="When it may have fallen into other hands first, in UTC."
    )
    @click.confirmation_option(prompt="Verifiers elsewhere will refuse everything that this key signed. Go on?")
    def compromise(key: str, since: datetime) -> None:
        """Strike a key that fell into other hands and sign anew what it signed; run again where it stopped."""
        now = datetime.now(UTC)
        try:
            active = compromise_key(settings.data_dir, key, since=since.replace(tzinfo=UTC), now=now)
        except ValueError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"Struck from every did.json. Signing with {active} now.")
        seal = open_seal(settings.data_dir, settings.public_url)
        with Session(open_engine(settings.database_url)) as session:
            ahead = look_ahead(session, seal)
            click.echo(
                f"{ahead.waiting} certificates are to be signed anew. {ahead.proven} of them are in the checkpoint of "
                f"{ahead.witnessed} entries from before and stand by the log meanwhile; the others cannot be checked "
                "until it is their turn."
            )
            session.rollback()
            problems = _sign_anew(session, seal)
            begin_writing(session)
            packets = renew_packets(session, Shelf(settings.media_url), seal, now=datetime.now(UTC))
            session.commit()
        for problem in problems:
            click.echo(problem)
        if problems:
            raise click.ClickException(f"{len(problems)} certificates were not signed anew; flask log audit says more.")
        click.echo("Done: lists and certificates are signed anew, and the witnesses are sent a checkpoint.")
        click.echo(f"{packets} audit packets are put together anew by the worker.")

    return group


def _open_at_home(session: Session, settings: Settings) -> Seal:
    """Return the keys; leave with a sentence where this shell has other settings than the server that issued."""
    seal = open_seal(settings.data_dir, settings.public_url)
    problem = why_not_home(session, seal)
    if problem:
        raise click.ClickException(f"{problem}\nGive this command the settings that the server has.")
    return seal


def _sign_anew(session: Session, seal: Seal) -> tuple[str, ...]:
    """Sign anew part by part, keeping each and saying how far it is; return what could not be."""
    problems: tuple[str, ...] = ()
    begin_writing(session)
    for step in sign_anew(session, seal, clock=lambda: datetime.now(UTC)):
        session.commit()
        click.echo(f"{step.done} of {step.total} signed anew")
        problems = step.problems
        begin_writing(session)
    session.commit()
    return problems


def _host(settings: Settings) -> AppGroup:
    group = AppGroup("host", help="The host that certificates name.")

    @group.command("accept")
    @click.confirmation_option(
        prompt="Verifiers elsewhere look for the issuer of old certificates at the old host. Go on?"
    )
    def accept() -> None:
        """Take PUBLIC_URL as our new host, though certificates name another one; docs/keys.md says what comes next."""
        with Session(open_engine(settings.database_url)) as session:
            seal = open_seal(settings.data_dir, settings.public_url)
            moved = accept_host(session, seal, settings.data_dir)
        for host in moved:
            click.echo(f"Certificates of {host} are ours too.")
        if not moved:
            click.echo(f"Nothing has moved: certificates name {seal.host}, or there are none.")

    return group


def _log(settings: Settings) -> AppGroup:
    group = AppGroup("log", help="The public log.")

    @group.command("audit")
    @click.option("--checkpoint", "files", multiple=True, type=click.Path(exists=True, path_type=Path))
    def audit_(files: tuple[Path, ...]) -> None:
        """Recompute everything and name what does not fit; a checkpoint kept elsewhere catches even a rewritten log."""
        witnessed = [file.read_text() for file in files]
        with Session(open_engine(settings.database_url)) as session:
            seal = _open_at_home(session, settings)
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
