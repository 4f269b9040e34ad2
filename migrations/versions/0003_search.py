"""The catalogue's search index: which module has which word, all words there are, and what they look like misspelt."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# Words compare by their letters' numbers: a beginning is a range on both databases.
WORD = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "module_search",
        sa.Column("term", WORD, primary_key=True),
        sa.Column("module_id", sa.Integer(), sa.ForeignKey("modules.id"), primary_key=True),
        sa.Column("weight", sa.Integer(), nullable=False),
    )
    op.create_index("ix_module_search_module_id", "module_search", ["module_id"])
    op.create_table(
        "module_search_words",
        sa.Column("word", WORD, primary_key=True),
        sa.Column("term", WORD, nullable=False),
    )
    op.create_table(
        "module_search_neighbours",
        sa.Column("neighbour", WORD, primary_key=True),
        sa.Column("word", WORD, primary_key=True),
    )


def downgrade() -> None:
    op.drop_table("module_search_neighbours")
    op.drop_table("module_search_words")
    op.drop_table("module_search")
