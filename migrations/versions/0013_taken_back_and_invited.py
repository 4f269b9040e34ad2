"""A draft says who took it back from review and when; a role may be promised to an address without an account."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"


def upgrade() -> None:
    # Not by batch: that would make the table anew, and its triggers would be gone.
    op.add_column("editions", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("editions", sa.Column("taken_back_by", sa.Integer(), nullable=True))
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("role IN ('author', 'reviewer', 'manager')", name=op.f("ck_invitations_role_is_known")),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_invitations_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("provider_id", "email", "role", name=op.f("uq_invitations_provider_id_email_role")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_invitations_token_sha256")),
    )


def downgrade() -> None:
    op.drop_table("invitations")
    op.execute("ALTER TABLE editions DROP COLUMN taken_back_by")
    op.execute("ALTER TABLE editions DROP COLUMN taken_back_at")
