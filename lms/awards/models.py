"""Completions, credit entries, awards and revocations: rows are added, never changed, never removed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.assessments.models import Attempt, Evaluation
from lms.db import Base, Id
from lms.learning.models import Enrollment


class Completion(Base):
    """A learner has met every requirement of an edition. The moment is the server's; one per enrollment."""

    __tablename__ = "completions"

    id: Mapped[Id]
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollments.id"), unique=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id"))
    completed_at: Mapped[datetime]
    completed_on: Mapped[date]
    """The day in `time_zone`: what the certificate prints."""
    time_zone: Mapped[str] = mapped_column(String(40))
    attestation: Mapped[str] = mapped_column(Text)
    """The very words the learner attested to."""
    engaged_seconds: Mapped[int]

    enrollment: Mapped[Enrollment] = relationship()
    attempt: Mapped[Attempt] = relationship()
    evaluation: Mapped[Evaluation] = relationship()


class StatusList(Base):
    """A revocation list of one provider; which bits are set follows from the revocations of its certificates."""

    __tablename__ = "status_lists"

    id: Mapped[Id]
    provider_id: Mapped[int] = mapped_column(ForeignKey("providers.id"), index=True)
    made_at: Mapped[datetime]


class SignedList(Base):
    """A status list as it is served: signed anew at each revocation and before it runs out; derived, so it changes."""

    __tablename__ = "signed_lists"

    list_id: Mapped[int] = mapped_column(ForeignKey("status_lists.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime]


class LogEntry(Base):
    """A leaf of the public log, in the very words that are hashed. `sha256` is that of the credential it speaks of."""

    __tablename__ = "log_entries"

    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leaf: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class LogNode(Base):
    """A complete node of the log's tree, written once."""

    __tablename__ = "log_nodes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogHead(Base):
    """The right edge of the tree, one row: whoever appends holds it. `hashes` are those of the frontier in a row.

    `lists` names each revocation list that is served: its number in 8 bytes and the SHA-256 of its text, in order.
    `note` signs just this state with the log's key (see `lms.awards.head`). Both are empty while the log is.
    """

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="there_is_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)
    lists: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    note: Mapped[str] = mapped_column(Text, server_default="")


class Checkpoint(Base):
    """The log as it stood, signed, and sent to the witnesses; never changed."""

    __tablename__ = "checkpoints"

    id: Mapped[Id]
    size: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]


class Witness(Base):
    """Somebody outside who is sent every day's checkpoint, named by a board or by a provider."""

    __tablename__ = "witnesses"
    __table_args__ = (
        UniqueConstraint("email", "board_id", "provider_id"),
        CheckConstraint("(board_id IS NULL) <> (provider_id IS NULL)", name="one_of_them_named_it"),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(255))
    board_id: Mapped[int | None] = mapped_column(ForeignKey("boards.id"))
    provider_id: Mapped[int | None] = mapped_column(ForeignKey("providers.id"))
    since: Mapped[datetime]


class Award(Base):
    """One certificate, as issued. `credential` is the signed document, byte for byte; `facts` is what it says.

    `credential_sha256` is the hash that the log holds at `log_index`; `key_id` names the key that signed. The bit
    `status_index` of the list tells verifiers elsewhere whether it still stands.
    """

    __tablename__ = "awards"
    __table_args__ = (UniqueConstraint("status_list_id", "status_index"),)

    id: Mapped[Id]
    completion_id: Mapped[int] = mapped_column(ForeignKey("completions.id"), index=True)
    code: Mapped[str] = mapped_column(String(26), unique=True)
    design: Mapped[str] = mapped_column(String(40))
    issued_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    credential: Mapped[str] = mapped_column(Text)
    credential_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    key_id: Mapped[str] = mapped_column(String(300))
    status_list_id: Mapped[int] = mapped_column(ForeignKey("status_lists.id"))
    status_index: Mapped[int]
    log_index: Mapped[int] = mapped_column(BigInteger, unique=True)
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("awards.id"), unique=True)
    """The certificate that this one corrects, which is revoked as replaced in the same transaction."""

    completion: Mapped[Completion] = relationship()


class AwardRow(NamedTuple):
    """An award as it is stored, column by column: for whoever reads many, or one in a hurry."""

    id: int
    completion_id: int
    code: str
    design: str
    issued_at: datetime
    facts: dict[str, Any]
    credential: str
    credential_sha256: str
    key_id: str
    status_list_id: int
    status_index: int
    log_index: int
    replaces_id: int | None


AWARD_COLUMNS = tuple(Award.__table__.c[name] for name in AwardRow._fields)
AnyAward = Award | AwardRow


class SignedAnew(Base):
    """The credential of an award with a new signature, because the key of the one before fell into other hands.

    It says what the one before said; the log tells the hash of both (`reissue`). Once for an award and a key.
    """

    __tablename__ = "signed_anew"
    __table_args__ = (UniqueConstraint("award_id", "key_id"),)

    id: Mapped[Id]
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    credential: Mapped[str] = mapped_column(Text)
    credential_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    key_id: Mapped[str] = mapped_column(String(300))
    signed_at: Mapped[datetime]
    log_index: Mapped[int] = mapped_column(BigInteger, unique=True)


class AwardLicense(Base):
    """By which licenses a certificate is found: the HMAC of jurisdiction and number, not the number itself."""

    __tablename__ = "award_licenses"

    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    blind: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class Revocation(Base):
    """A certificate no longer stands. Irreversible; the reason is shown to whoever checks, the note is not."""

    __tablename__ = "revocations"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('issued_in_error', 'requirements_not_met', 'misconduct', 'replaced')",
            name="reason_is_known",
        ),
    )

    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), primary_key=True)
    revoked_at: Mapped[datetime]
    revoked_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text)

    award: Mapped[Award] = relationship()


class CreditEntry(Base):
    """A line of the credit ledger: hours with one accreditor, positive when earned, negative when taken back.

    `topics` splits the hours exclusively (`{"ethics": "1.00"}`). One award earns once per accreditor and is
    taken back at most once.
    """

    __tablename__ = "credit_entries"
    __table_args__ = (
        UniqueConstraint("award_id", "accreditor", "kind"),
        CheckConstraint("kind IN ('earned', 'revoked')", name="kind_is_known"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"))
    accreditor: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(10))
    unit: Mapped[str] = mapped_column(String(40))
    hours: Mapped[Decimal]
    topics: Mapped[dict[str, str]]
    also_qualifies: Mapped[list[str]]
    entered_at: Mapped[datetime]

    award: Mapped[Award] = relationship()


class Disclosure(Base):
    """The holder turned the public pages of a completion's certificates down to "valid or not, and match".

    Without a row everything is shown. It belongs to the completion, so that a corrected certificate inherits it.
    """

    __tablename__ = "disclosures"

    completion_id: Mapped[int] = mapped_column(ForeignKey("completions.id"), primary_key=True)
    since: Mapped[datetime]


class ShareLink(Base):
    """An address the holder gave somebody, by which the whole certificate and its proof are read until it expires.

    Of the token in it only the SHA-256 is kept.
    """

    __tablename__ = "share_links"

    id: Mapped[Id]
    award_id: Mapped[int] = mapped_column(ForeignKey("awards.id"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    """Whom it is for, in the holder's words."""
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
