"""The log begins empty: its one head is here from the start, and its entries are evidence too."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

KEPT = ("log_entries", "log_nodes", "checkpoints", "award_licenses", "status_lists")


def upgrade() -> None:
    head = sa.table("log_head", sa.column("id"), sa.column("size"), sa.column("hashes", sa.LargeBinary))
    op.execute(head.insert().values(id=1, size=0, hashes=b""))
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in KEPT:
        for operation in ("UPDATE", "DELETE"):
            name = f"keep_{table}_{operation.lower()}"
            if sqlite:
                op.execute(
                    f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table}: evidence is kept'); END"
                )
                continue
            op.execute(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"RAISE EXCEPTION '{table}: evidence is kept' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            op.execute(f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()")


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in KEPT:
        for operation in ("UPDATE", "DELETE"):
            name = f"keep_{table}_{operation.lower()}"
            op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
            if not sqlite:
                op.execute(f"DROP FUNCTION {name}()")
    op.execute("DELETE FROM log_head")
