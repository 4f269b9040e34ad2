"""Credentials that were signed anew after a key fell into other hands; evidence like the awards they belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TABLE = "signed_anew"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("credential_sha256", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=300), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_signed_anew_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_anew")),
        sa.UniqueConstraint("award_id", "key_id", name=op.f("uq_signed_anew_award_id_key_id")),
        sa.UniqueConstraint("credential_sha256", name=op.f("uq_signed_anew_credential_sha256")),
        sa.UniqueConstraint("log_index", name=op.f("uq_signed_anew_log_index")),
    )
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
    op.drop_table(TABLE)
    if op.get_bind().dialect.name != "sqlite":
        for operation in ("update", "delete"):
            op.execute(f"DROP FUNCTION keep_{TABLE}_{operation}()")
