"""A board says what it asks for, and what a check found of a file is kept with the look."""

from alembic import op

revision = "0011"
down_revision = "0013"


def upgrade() -> None:
    # Not by batch: that would make the tables anew, and the triggers of `looks` would be gone.
    op.execute("ALTER TABLE audits ADD COLUMN asks VARCHAR(200) DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE looks ADD COLUMN found JSON")


def downgrade() -> None:
    op.execute("ALTER TABLE looks DROP COLUMN found")
    op.execute("ALTER TABLE audits DROP COLUMN asks")
