"""Evidence is kept: triggers refuse to change what was published, handed in, certified or entered.

The code never tries; the triggers are for whoever reaches the database past the code.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

# Nothing of these rows ever changes.
ALWAYS = ("completions", "awards", "revocations", "credit_entries", "evaluations", "looks", "audit_entries")
# table → the parent's table, the parent's id as this table names it, the column that closes the parent
PARENTS = {
    "contributors": ("editions", "edition_id", "published_at"),
    "objectives": ("editions", "edition_id", "published_at"),
    "lessons": ("editions", "edition_id", "published_at"),
    "references": ("editions", "edition_id", "published_at"),
    "items": ("editions", "edition_id", "published_at"),
    "quizzes": ("editions", "edition_id", "published_at"),
    "quiz_draws": ("editions", "edition_id", "published_at"),
    "credit_calculations": ("editions", "edition_id", "published_at"),
    "answers": ("attempts", "attempt_id", "submitted_at"),
}
# The row closes itself once its own column is set.
CLOSING = {"editions": "published_at", "attempts": "submitted_at"}


def rules() -> list[tuple[str, str, str]]:
    """Return (table, operation, condition) for every trigger; `{row}` is OLD or NEW."""
    found = [(table, operation, "1 = 1") for table in ALWAYS for operation in ("UPDATE", "DELETE")]
    for table, column in CLOSING.items():
        found += [(table, operation, f"OLD.{column} IS NOT NULL") for operation in ("UPDATE", "DELETE")]
    for table, (parent, key, column) in PARENTS.items():
        for operation in ("INSERT", "UPDATE", "DELETE"):
            row = "NEW" if operation == "INSERT" else "OLD"
            closed = f"EXISTS (SELECT 1 FROM {parent} WHERE id = {row}.{key} AND {column} IS NOT NULL)"
            found.append((table, operation, closed))
    return found


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, operation, condition in rules():
        name = f"keep_{table}_{operation.lower()}"
        if sqlite:
            op.execute(
                f'CREATE TRIGGER {name} BEFORE {operation} ON "{table}" WHEN {condition} '
                f"BEGIN SELECT RAISE(ABORT, '{table}: evidence is kept'); END"
            )
            continue
        kept = "OLD" if operation == "DELETE" else "NEW"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{table}: evidence is kept' "
            f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {kept}; END $$"
        )
        op.execute(f'CREATE TRIGGER {name} BEFORE {operation} ON "{table}" FOR EACH ROW EXECUTE FUNCTION {name}()')


def downgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, operation, _ in rules():
        name = f"keep_{table}_{operation.lower()}"
        op.execute(f"DROP TRIGGER {name}" if sqlite else f'DROP TRIGGER {name} ON "{table}"')
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}()")
