"""The base of all tables, the shared column types, and how an engine is prepared; knows no table."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    Numeric,
    String,
    create_engine,
    event,
)
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator, TypeEngine

BUSY_SECONDS = 20


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always with its zone: UTC in the database, UTC in Python."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment: nobody could say later which zone it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give SQLite's naive moments their zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Exact(TypeDecorator[Decimal]):
    """A decimal with two places; SQLite keeps it as text, because its numbers are floats."""

    impl = Numeric(8, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return text on SQLite and NUMERIC elsewhere."""
        return dialect.type_descriptor(String(12) if dialect.name == "sqlite" else Numeric(8, 2))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """Write exactly two places."""
        if value is None:
            return None
        value = value.quantize(Decimal("0.01"))
        return str(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """Return a Decimal whatever the driver gave."""
        return None if value is None else Decimal(str(value))


class Ratio(TypeDecorator[Fraction]):
    """An exact fraction, kept as text such as `61936/1000`."""

    impl = String(60)
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Dialect) -> str | None:
        """Write numerator and denominator."""
        return None if value is None else f"{value.numerator}/{value.denominator}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> Fraction | None:
        """Read them back."""
        return None if value is None else Fraction(value)


Id = Annotated[int, mapped_column(primary_key=True)]
Slug = Annotated[str, mapped_column(String(80))]
Name = Annotated[str, mapped_column(String(200))]


class Base(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UtcDateTime,
        date: Date,
        Decimal: Exact,
        Fraction: Ratio,
        dict[str, Any]: JSON,
        dict[str, str]: JSON,
        list[str]: JSON,
        list[int]: JSON,
        list[dict[str, Any]]: JSON,
    }


def open_engine(url: str) -> Engine:
    """Return an engine for the address, prepared as `prepare_engine` says."""
    return prepare_engine(create_engine(url))


def prepare_engine(engine: Engine) -> Engine:
    """Make SQLite behave: WAL, foreign keys, real savepoints, and a writer that waits its turn.

    The driver's own transaction handling silently keeps rows over a rollback to a savepoint, so it is
    switched off and BEGIN is ours. A connection with the execution option `writes` begins IMMEDIATE:
    two writers queue up instead of failing at their first write.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def begin_writing(session: Session) -> None:
    """Tell the session, before its first statement, that it will write."""
    session.connection(execution_options={"writes": True})


def plainly(session: Session) -> Connection:
    """Return the connection of the session's transaction, for statements that read plain rows of tables.

    The session takes a third longer for each of them, to no end. What waits in it is written first.
    """
    session.flush()
    return session.connection()


@event.listens_for(Session, "before_flush")
def _refuse_changed_rows(session: Session, *_: Any) -> None:
    changed = session.new or session.deleted or any(map(session.is_modified, session.dirty))
    if changed and session.info.get("read_only"):
        raise RuntimeError("a GET request tried to change the database")
