"""Licensees send files with an answer; evidence like the answer they came with. A look names the file it opened."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TABLE = "answer_files"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["audit_entries.id"], name=op.f("fk_answer_files_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_files")),
    )
    op.create_index(op.f("ix_answer_files_entry_id"), TABLE, ["entry_id"])
    # Not by batch: that would make the table anew, and its triggers would be gone.
    op.execute("ALTER TABLE looks ADD COLUMN file_id INTEGER CONSTRAINT fk_looks_file_id REFERENCES answer_files (id)")
    sqlite = op.get_bind().dialect.name == "sqlite"
    for operation in ("UPDATE", "DELETE"):
        name = f"keep_{TABLE}_{operation.lower()}"
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {operation} ON {TABLE} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE}: evidence is kept'); END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{TABLE}: evidence is kept' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    op.execute("ALTER TABLE looks DROP COLUMN file_id")
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        for operation in ("update", "delete"):
            op.execute(f"DROP FUNCTION keep_{TABLE}_{operation}()")
