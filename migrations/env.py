"""Alembic's door: runs on the connection it is handed, knows our tables, writes plain column types."""

from typing import Any

from alembic import context
from sqlalchemy.types import TypeDecorator

from lms.db import Exact, Ratio, UtcDateTime
from lms.schema import metadata

PLAIN: dict[type[TypeDecorator[Any]], str] = {
    UtcDateTime: "sa.DateTime(timezone=True)",
    Exact: 'sa.Numeric(8, 2).with_variant(sa.String(12), "sqlite")',
    Ratio: "sa.String(60)",
}


def render_item(kind: str, thing: Any, _: Any) -> Any:
    """Write our own column types as plain ones, so that history imports nothing of ours."""
    return PLAIN.get(type(thing), False) if kind == "type" else False


def include_name(name: str | None, kind: str, _: Any) -> bool:
    """Leave the search index out: its tables are no models, they are made by hand in 0003."""
    return not (kind == "table" and (name or "").startswith("module_search"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_item=render_item,
    include_name=include_name,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
