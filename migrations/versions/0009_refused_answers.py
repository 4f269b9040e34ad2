"""A board may refuse an answer for good: a further kind of line in the history of a license in an audit."""

from alembic import op

revision = "0009"
down_revision = "0008"

TABLE, RULE = "audit_entries", "ck_audit_entries_kind_is_known"
BEFORE = "kind IN ('packet', 'note', 'accepted', 'returned', 'closed', 'comment', 'remark')"
AFTER = "kind IN ('packet', 'note', 'accepted', 'returned', 'refused', 'closed', 'comment', 'remark')"


def upgrade() -> None:
    _change(BEFORE, AFTER)


def downgrade() -> None:
    _change(AFTER, BEFORE)


def _change(old: str, new: str) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(RULE), TABLE, type_="check")
        op.create_check_constraint(op.f(RULE), TABLE, new)
        return
    # Made anew the table would lose its triggers and whoever points to it. A rule that does not touch what is stored
    # may be changed in the schema's own text (https://www.sqlite.org/lang_altertable.html, 7).
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().exec_driver_sql(
        "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?", (old, new, TABLE)
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")
