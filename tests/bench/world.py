"""What the pages are measured on: a catalogue, a learner in the middle of a test, and many certificates."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select, update
from sqlalchemy.orm import Session

from certificates import log as tree
from lms.accreditation.models import CreditCalculation
from lms.awards.document import new_code
from lms.awards.head import get_frontier, seal_head
from lms.awards.keys import open_seal
from lms.awards.models import Award, CreditEntry, LogEntry, LogHead, LogNode, StatusList
from lms.config import Settings
from lms.db import Base, begin_writing, open_engine
from lms.modules.models import Edition, Module
from lms.schema import migrate
from tests.make import Make

LESSONS = Path(__file__).parents[2] / "lms/demo/modules/suicide-risk/lessons"
BITS = 65_536
"""Certificates on one revocation list: half of its bits, as in `lms.awards.proofs`."""
AT_ONCE = 20_000


@dataclass(frozen=True, slots=True)
class World:
    """Where to look: the learner, what is measured of theirs, and certificates that are valid."""

    learner: str
    enrollment: int
    attempt: int
    item: int
    choices: list[str]
    module: str
    codes: list[str]

    def write(self, folder: Path) -> None:
        """Leave it in the data folder, where the servers find it."""
        (folder / "bench.json").write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, folder: Path) -> "World":
        """Return what `write` left."""
        return cls(**json.loads((folder / "bench.json").read_text()))


def build(settings: Settings, *, modules: int, certificates: int, filler: int = 0) -> World:
    """Fill an empty database: so many modules, so many certificates to check, and `filler` that only take up room.

    A filler is a whole row of every table a check reads, with its place in the log, but its document is short: what
    is measured is finding one among many.
    """
    engine = open_engine(settings.database_url)
    migrate(engine)
    now = datetime.now(UTC)
    with Session(engine, expire_on_commit=False) as session:
        begin_writing(session)
        make = Make(session, now)
        make.seal = open_seal(settings.data_dir, settings.public_url)
        provider = make.provider()
        today = now.date()
        make.approval(provider, valid_from=today - timedelta(days=200), valid_to=today + timedelta(days=500))
        values: dict[str, Any] = {
            "lessons": 6, "objectives": 4, "items": 6, "body": _lesson(), "expires_on": today + timedelta(days=700),
            "description": "\n\n".join(_lesson().split("\n\n")[:3]),
        }  # fmt: skip
        finished, begun = make.edition(provider, **values), make.edition(provider, **values)
        learner = make.user()
        make.license(learner)
        award = make.award(learner, finished)
        attempt = make.sitting(learner, begun)
        _copy_modules(session, begun, modules - 2)
        session.commit()
        codes = [award.code, *_copy_award(session, award, certificates - 1)]
        session.commit()
        entry = attempt.paper[0]
        world = World(
            learner.fs_uniquifier, attempt.enrollment_id, attempt.number, entry["item"],
            [str(at) for at in range(len(entry["definition"]["options"]))], begun.module.slug, codes,
        )  # fmt: skip
    if filler:
        _fill(engine, award, filler)
    with Session(engine) as session:
        begin_writing(session)
        seal_head(session, make.seal)
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    world.write(settings.data_dir)
    return world


def _lesson() -> str:
    first = sorted(LESSONS.glob("*.md"))[0]
    return first.read_text().split("\n", 1)[1].strip()


def _columns(row: Any, **changed: Any) -> dict[str, Any]:
    """Return what is stored of a row, for a copy without its number."""
    stored = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
    return {**{name: value for name, value in stored.items() if name != "id"}, **changed}


def _copy_modules(session: Session, edition: Edition, count: int) -> None:
    """Publish the module again under other names."""
    if count < 1:
        return
    module = _columns(edition.module)
    made = [{**module, "slug": f"copy-{number}"} for number in range(count)]
    module_ids = session.scalars(insert(Module).returning(Module.id, sort_by_parameter_order=True), made).all()
    row = _columns(edition)
    draft = {**row, "published_at": None, "published_by": None}  # what is published takes no more rows
    editions = [{**draft, "module_id": key, "title": f"{edition.title}, copy {key}"} for key in module_ids]
    ids = session.scalars(insert(Edition).returning(Edition.id, sort_by_parameter_order=True), editions).all()
    credit = session.scalars(select(CreditCalculation).where(CreditCalculation.edition_id == edition.id)).one()
    session.execute(insert(CreditCalculation), [_columns(credit, edition_id=key) for key in ids])
    published = {"published_at": edition.published_at, "published_by": edition.published_by}
    session.execute(update(Edition).where(Edition.id.in_(ids)).values(published))


def _copy_award(session: Session, award: Award, count: int) -> list[str]:
    """Issue the certificate again under other codes: everything a check compares agrees, only the signature does not.

    Nobody checks the signature on the page; `flask log audit` would name each of these.
    """
    if count < 1:
        return []
    codes = [new_code() for _ in range(count)]
    bits = [(award.status_index + 1 + at) % BITS for at in range(count)]
    bit = f'#{award.status_index}"', f'"statusListIndex":"{award.status_index}"'
    credentials = [
        award.credential.replace(award.code, code)
        .replace(bit[0], f'#{at}"')
        .replace(bit[1], f'"statusListIndex":"{at}"')
        for code, at in zip(codes, bits, strict=True)
    ]
    hashes = [hashlib.sha256(text.encode()).hexdigest() for text in credentials]
    facts = json.dumps(award.facts)
    row = _columns(award)
    rows = [
        {
            **row, "code": code, "credential": text, "credential_sha256": sha256, "log_index": index,
            "facts": json.loads(facts.replace(award.code, code)), "status_index": bits[at],
        }
        for at, (code, text, sha256, index) in enumerate(
            zip(codes, credentials, hashes, _append(session, hashes, award), strict=True)
        )
    ]  # fmt: skip
    ids = session.scalars(insert(Award).returning(Award.id, sort_by_parameter_order=True), rows).all()
    lines = [_columns(line) for line in session.scalars(select(CreditEntry).where(CreditEntry.award_id == award.id))]
    session.execute(insert(CreditEntry), [{**line, "award_id": key} for key in ids for line in lines])
    return codes


def _append(session: Session, hashes: Iterable[str], award: Award) -> list[int]:
    """Enter the hashes into the log as issued when the award was, and return their places."""
    frontier = get_frontier(session)
    entries, nodes, places = [], [], []
    for sha256 in hashes:
        leaf = tree.write_entry(tree.Entry("issue", sha256, award.issued_at))
        places.append(frontier.size)
        entries.append({"index": frontier.size, "leaf": leaf.decode(), "sha256": sha256})
        frontier, made = tree.append(frontier, tree.hash_leaf(leaf))
        nodes += [{"level": node.level, "index": node.index, "hash": node.hash} for node in made]
    session.execute(insert(LogEntry), entries)
    session.execute(insert(LogNode), nodes)
    head = session.get_one(LogHead, 1)
    head.size, head.hashes = frontier.size, b"".join(frontier.hashes)
    session.flush()
    return places


def _fill(engine: Engine, award: Award, count: int) -> None:
    """Add certificates by the hundred thousand, past the ORM: 65,536 on each list, the most there may be."""
    with Session(engine) as session:
        begin_writing(session)
        first = (session.scalar(select(func.max(Award.id))) or 0) + 1
        line = (session.scalar(select(func.max(CreditEntry.id))) or 0) + 1
        provider_id = session.get_one(StatusList, award.status_list_id).provider_id
        of_one = session.scalars(select(CreditEntry).where(CreditEntry.award_id == award.id)).all()
        credit = _columns(of_one[0])
        row = _columns(award, facts={}, replaces_id=None)
        lists: dict[int, int] = {}
        for begin in range(0, count, AT_ONCE):
            numbers = range(begin, min(begin + AT_ONCE, count))
            for at in {number // BITS for number in numbers} - lists.keys():
                made = StatusList(provider_id=provider_id, made_at=award.issued_at)
                session.add(made)
                session.flush()
                lists[at] = made.id
            hashes = [hashlib.sha256(f"filler {number}".encode()).hexdigest() for number in numbers]
            places = _append(session, hashes, award)
            _bulk(session, Award, (
                {
                    **row, "id": first + number, "code": f"F{number:025d}", "credential": f"filler {number}",
                    "credential_sha256": sha256, "log_index": place, "status_list_id": lists[number // BITS],
                    "status_index": number % BITS,
                }
                for number, sha256, place in zip(numbers, hashes, places, strict=True)
            ))  # fmt: skip
            _bulk(session, CreditEntry, ({**credit, "id": line + n, "award_id": first + n} for n in numbers))
            session.commit()
            begin_writing(session)
        if engine.dialect.name == "postgresql":
            for table in ("awards", "credit_entries"):
                session.connection().exec_driver_sql(
                    f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
                )
        session.commit()


def _bulk(session: Session, kind: type[Base], rows: Iterator[dict[str, Any]]) -> None:
    session.execute(insert(kind.__table__), list(rows))  # type: ignore[arg-type]
