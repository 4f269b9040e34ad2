"""The signed head of the log names the revocation lists that are served: nobody can serve an older one of ours."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    empty = "x''" if op.get_bind().dialect.name == "sqlite" else "''"
    op.add_column("log_head", sa.Column("lists", sa.LargeBinary(), nullable=False, server_default=sa.text(empty)))


def downgrade() -> None:
    op.drop_column("log_head", "lists")
