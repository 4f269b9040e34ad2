"""The catalogue's search index: FTS5 on SQLite, a text-search vector on PostgreSQL."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE module_search USING fts5(title, summary, body, "
            "tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')"
        )
        return
    op.execute(
        "CREATE TABLE module_search (module_id integer PRIMARY KEY REFERENCES modules (id), document tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_module_search_document ON module_search USING gin (document)")


def downgrade() -> None:
    op.execute("DROP TABLE module_search")
