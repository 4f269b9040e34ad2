"""A look names the token it was made through; a promise says when it was given up."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("outbox", sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True))
    # Not by batch: that would make the table anew, and its triggers would be gone.
    op.execute("ALTER TABLE looks ADD COLUMN token_id INTEGER CONSTRAINT fk_looks_token_id REFERENCES tokens (id)")


def downgrade() -> None:
    op.execute("ALTER TABLE looks DROP COLUMN token_id")
    op.execute("ALTER TABLE outbox DROP COLUMN given_up_at")
