"""Looks, batches, audits and packets: what was looked at and said is added, never changed, never removed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.awards.document import spoken
from lms.awards.models import Award
from lms.boards.models import Board, Token
from lms.db import Base, Id, Name
from lms.oversight.holding import Holding
from lms.people.models import User


class Packet(Base):
    """One ZIP for a license and a period, asked for by its holder and made by the worker.

    `sha256` names the file on the shelf and is empty until it is made; `done` of `total` parts are made.
    """

    __tablename__ = "packets"

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    jurisdiction: Mapped[str] = mapped_column(String(8))
    credential: Mapped[str] = mapped_column(String(20))
    number: Mapped[str] = mapped_column(String(40))
    first_day: Mapped[date]
    last_day: Mapped[date]
    asked_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None]
    """When the file was ready; null while the worker is at it."""
    problem: Mapped[str] = mapped_column(String(500), default="")
    """Why it could not be made; empty when all is well."""
    sha256: Mapped[str] = mapped_column(String(64), default="")
    size: Mapped[int] = mapped_column(default=0)
    certificates: Mapped[int] = mapped_column(default=0)

    user: Mapped[User] = relationship()

    @property
    def license(self) -> str:
        """Letters and number."""
        return spoken(self.credential, self.number)


class Share(Base):
    """A link to a packet for one named board, good until it expires or is withdrawn; only the token's hash is kept."""

    __tablename__ = "packet_shares"

    id: Mapped[Id]
    packet_id: Mapped[int] = mapped_column(ForeignKey("packets.id"), index=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"))
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    packet: Mapped[Packet] = relationship()
    board: Mapped[Board] = relationship()


class Batch(Base):
    """A list of codes that a board checks at once; the results are files on the shelf.

    `lines` is what was given, with an empty text where a row had no code; `total` counts the codes. `counts` says how
    many lines ended in which state; `noted` are the first lines that are not valid, with the columns of the result.
    """

    __tablename__ = "batches"

    id: Mapped[Id]
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[Name]
    asked_at: Mapped[datetime]
    lines: Mapped[list[str]]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    noted: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    csv_sha256: Mapped[str] = mapped_column(String(64), default="")
    xlsx_sha256: Mapped[str] = mapped_column(String(64), default="")

    user: Mapped[User] = relationship()
    board: Mapped[Board] = relationship()


class Audit(Base):
    """A board's case: licensees are asked to show what they earned in a period, by a day.

    `seed` is empty unless the licensees were drawn; then `pool_size` and `pool_sha256` say from what.
    """

    __tablename__ = "audits"
    __table_args__ = (CheckConstraint("first_day <= last_day", name="begins_before_it_ends"),)

    id: Mapped[Id]
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"), index=True)
    title: Mapped[Name]
    first_day: Mapped[date]
    last_day: Mapped[date]
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    seed: Mapped[str] = mapped_column(String(100), default="")
    pool_size: Mapped[int] = mapped_column(default=0)
    pool_sha256: Mapped[str] = mapped_column(String(64), default="")
    asks: Mapped[Name] = mapped_column(default="", server_default="")
    """How many hours the board asks for, in its own words; empty when it does not say."""

    board: Mapped[Board] = relationship()
    closer: Mapped[User | None] = relationship(foreign_keys=[closed_by])


class Subject(Base):
    """One license in an audit. `user_id` is null when nobody here holds the number: then nobody can be told."""

    __tablename__ = "audit_subjects"
    __table_args__ = (UniqueConstraint("audit_id", "credential", "number"),)

    id: Mapped[Id]
    audit_id: Mapped[int] = mapped_column(ForeignKey("audits.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    credential: Mapped[str] = mapped_column(String(20), default="")
    number: Mapped[str] = mapped_column(String(40))

    audit: Mapped[Audit] = relationship()
    user: Mapped[User | None] = relationship()

    @property
    def license(self) -> str:
        """Letters and number."""
        return spoken(self.credential, self.number)


class Entry(Base):
    """A line in the history of one license in an audit; the state of the license follows from these lines alone.

    `packet` and `note` are answers of the licensee; `accepted`, `returned`, `refused` and `closed` are the board's;
    `comment` is seen by both sides, `remark` by the board only.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('packet', 'note', 'accepted', 'returned', 'refused', 'closed', 'comment', 'remark')",
            name="kind_is_known",
        ),
    )

    id: Mapped[Id]
    subject_id: Mapped[int] = mapped_column(ForeignKey("audit_subjects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(Text, default="")
    packet_id: Mapped[int | None] = mapped_column(ForeignKey("packets.id"))
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("users.id"))

    packet: Mapped[Packet | None] = relationship()
    writer: Mapped[User] = relationship()


class AnswerFile(Base):
    """A file that a licensee sent with an answer in words; `sha256` names it on the shelf, `name` is the sender's."""

    __tablename__ = "answer_files"

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entries.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]

    entry: Mapped[Entry] = relationship()


class Look(Base):
    """Somebody looked something up for a board, or tried to; the licensee it was about sees the line.

    `user_id` is null when a shared link was opened without signing in, and when a board's program asked: then
    `token_id` says through which token. `asked` is what was typed; `about_id` is
    the licensee, null when nobody was found. The page of a look shows `first_day` to `last_day` of a licensee.
    """

    __tablename__ = "looks"
    __table_args__ = (
        CheckConstraint("kind IN ('certificate', 'licensee', 'batch', 'packet')", name="kind_is_known"),
        CheckConstraint("outcome IN ('allowed', 'refused', 'not_found')", name="outcome_is_known"),
        Index("ix_looks_about_id_looked_at", "about_id", "looked_at"),
        Index("ix_looks_board_id_looked_at", "board_id", "looked_at"),
    )

    id: Mapped[Id]
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    looked_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(12))
    outcome: Mapped[str] = mapped_column(String(10))
    asked: Mapped[str] = mapped_column(String(100))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    award_id: Mapped[int | None] = mapped_column(ForeignKey("awards.id"))
    packet_id: Mapped[int | None] = mapped_column(ForeignKey("packets.id"))
    share_id: Mapped[int | None] = mapped_column(ForeignKey("packet_shares.id"))
    file_id: Mapped[int | None] = mapped_column(ForeignKey("answer_files.id"))
    """The file of an answer that was opened; the kind is `packet` then, which is what an answer is."""
    token_id: Mapped[int | None] = mapped_column(ForeignKey("tokens.id"))
    license: Mapped[str] = mapped_column(String(80), default="")
    """The license that was found, as `US-CA|LMFT|12345`; empty when none was."""
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    found: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """What a check of the file of an answer found, as `queries.Finding` reads it; null where nothing was checked."""

    board: Mapped[Board] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
    about: Mapped[User | None] = relationship(foreign_keys=[about_id])
    award: Mapped[Award | None] = relationship()
    packet: Mapped[Packet | None] = relationship()
    token: Mapped[Token | None] = relationship()

    @property
    def held(self) -> Holding | None:
        """The license that was found, if one was."""
        return Holding(*self.license.split("|", 2)) if self.license else None
