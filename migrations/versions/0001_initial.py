"""All tables as of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("jurisdiction", sa.String(length=8), nullable=False),
        sa.Column("professions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("slug", name=op.f("uq_boards_slug")),
    )
    op.create_table(
        "checkpoints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "log_entries",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_log_entries")),
    )
    op.create_index(op.f("ix_log_entries_sha256"), "log_entries", ["sha256"], unique=False)
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_log_head_there_is_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("level", "index", name=op.f("pk_log_nodes")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "providers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("telephone", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("website", sa.String(length=255), nullable=False),
        sa.Column("signatory_name", sa.String(length=200), nullable=False),
        sa.Column("signatory_title", sa.String(length=200), nullable=False),
        sa.Column("refund_policy", sa.Text(), nullable=False),
        sa.Column("accommodation_policy", sa.Text(), nullable=False),
        sa.Column("grievance_policy", sa.Text(), nullable=False),
        sa.Column("system_requirements", sa.Text(), nullable=False),
        sa.Column("design", sa.String(length=40), nullable=False),
        sa.Column("logo", sa.String(length=64), nullable=True),
        sa.Column("signature", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
        sa.UniqueConstraint("slug", name=op.f("uq_providers_slug")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_last_counter", sa.Integer(), nullable=True),
        sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
        sa.Column("dismissed_hints", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_users_fs_webauthn_user_handle")),
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("accreditor", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("formats", sa.JSON(), nullable=False),
        sa.Column("professions", sa.JSON(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_note", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_from <= valid_to", name=op.f("ck_approvals_begins_before_it_ends")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["users.id"], name=op.f("fk_approvals_confirmed_by")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_approvals_provider_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_approvals_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
        sa.UniqueConstraint(
            "provider_id",
            "accreditor",
            "number",
            "valid_from",
            name=op.f("uq_approvals_provider_id_accreditor_number_valid_from"),
        ),
    )
    op.create_index(op.f("ix_approvals_provider_id"), "approvals", ["provider_id"], unique=False)
    op.create_table(
        "audits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("seed", sa.String(length=100), nullable=False),
        sa.Column("pool_size", sa.Integer(), nullable=False),
        sa.Column("pool_sha256", sa.String(length=64), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_audits_begins_before_it_ends")),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_audits_board_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_audits_closed_by")),
        sa.ForeignKeyConstraint(["opened_by"], ["users.id"], name=op.f("fk_audits_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    op.create_index(op.f("ix_audits_board_id"), "audits", ["board_id"], unique=False)
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("noted", sa.JSON(), nullable=False),
        sa.Column("csv_sha256", sa.String(length=64), nullable=False),
        sa.Column("xlsx_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_batches_board_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_batches_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index(op.f("ix_batches_board_id"), "batches", ["board_id"], unique=False)
    op.create_table(
        "licenses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=8), nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.Column("credential", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "issued_on IS NULL OR expires_on IS NULL OR issued_on <= expires_on",
            name=op.f("ck_licenses_issued_before_it_expires"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_licenses_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licenses")),
        sa.UniqueConstraint(
            "jurisdiction", "credential", "number", name=op.f("uq_licenses_jurisdiction_credential_number")
        ),
    )
    op.create_index(op.f("ix_licenses_user_id"), "licenses", ["user_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('author', 'reviewer', 'manager')", name=op.f("ck_memberships_role_is_known")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_memberships_provider_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("user_id", "provider_id", "role", name=op.f("uq_memberships_user_id_provider_id_role")),
    )
    op.create_index(op.f("ix_memberships_provider_id"), "memberships", ["provider_id"], unique=False)
    op.create_table(
        "modules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_modules_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modules")),
        sa.UniqueConstraint("slug", name=op.f("uq_modules_slug")),
    )
    op.create_index(op.f("ix_modules_provider_id"), "modules", ["provider_id"], unique=False)
    op.create_table(
        "operators",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_operators_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_operators")),
    )
    op.create_table(
        "packets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.String(length=8), nullable=False),
        sa.Column("credential", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("certificates", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_packets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packets")),
    )
    op.create_index(op.f("ix_packets_user_id"), "packets", ["user_id"], unique=False)
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(length=1024), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(length=64), nullable=False),
        sa.Column("extensions", sa.String(length=255), nullable=True),
        sa.Column("create_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_passkeys_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_user_id"), "passkeys", ["user_id"], unique=False)
    op.create_table(
        "seats",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_seats_board_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_seats_user_id")),
        sa.PrimaryKeyConstraint("user_id", "board_id", name=op.f("pk_seats")),
    )
    op.create_table(
        "status_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_status_lists_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_lists")),
    )
    op.create_index(op.f("ix_status_lists_provider_id"), "status_lists", ["provider_id"], unique=False)
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("board_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("old_salt", sa.String(length=64), nullable=True),
        sa.Column("old_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(provider_id IS NULL) <> (board_id IS NULL)", name=op.f("ck_subscriptions_one_owner")),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_subscriptions_board_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_subscriptions_made_by")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_subscriptions_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
    )
    op.create_index(op.f("ix_subscriptions_board_id"), "subscriptions", ["board_id"], unique=False)
    op.create_index(op.f("ix_subscriptions_provider_id"), "subscriptions", ["provider_id"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_tokens_board_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_tokens_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_tokens_token_sha256")),
    )
    op.create_index(op.f("ix_tokens_board_id"), "tokens", ["board_id"], unique=False)
    op.create_table(
        "witnesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=True),
        sa.Column("provider_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(board_id IS NULL) <> (provider_id IS NULL)", name=op.f("ck_witnesses_one_of_them_named_it")
        ),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_witnesses_board_id")),
        sa.ForeignKeyConstraint(["provider_id"], ["providers.id"], name=op.f("fk_witnesses_provider_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witnesses")),
        sa.UniqueConstraint("email", "board_id", "provider_id", name=op.f("uq_witnesses_email_board_id_provider_id")),
    )
    op.create_table(
        "audit_subjects",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("audit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("credential", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["audit_id"], ["audits.id"], name=op.f("fk_audit_subjects_audit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_subjects_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_subjects")),
        sa.UniqueConstraint(
            "audit_id", "credential", "number", name=op.f("uq_audit_subjects_audit_id_credential_number")
        ),
    )
    op.create_index(op.f("ix_audit_subjects_audit_id"), "audit_subjects", ["audit_id"], unique=False)
    op.create_index(op.f("ix_audit_subjects_user_id"), "audit_subjects", ["user_id"], unique=False)
    op.create_table(
        "editions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("difficulty", sa.Numeric(8, 2).with_variant(sa.String(12), "sqlite"), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("also_qualifies", sa.JSON(), nullable=False),
        sa.Column("content_warning", sa.Text(), nullable=False),
        sa.Column("crisis_box", sa.Boolean(), nullable=False),
        sa.Column("commercial_support", sa.Text(), nullable=False),
        sa.Column("originality", sa.Text(), nullable=False),
        sa.Column("content_license", sa.String(length=200), nullable=False),
        sa.Column("without_credit", sa.Boolean(), nullable=False),
        sa.Column("cost", sa.String(length=200), nullable=False),
        sa.Column("policies", sa.JSON(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=True),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("media_seconds", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("editors", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_editions_numbers_begin_with_one")),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_editions_module_id")),
        sa.ForeignKeyConstraint(["published_by"], ["users.id"], name=op.f("fk_editions_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_editions")),
        sa.UniqueConstraint("module_id", "number", name=op.f("uq_editions_module_id_number")),
    )
    op.create_index(
        "uq_editions_one_draft",
        "editions",
        ["module_id"],
        unique=True,
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("module_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content_type", sa.String(length=60), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=500), nullable=False),
        sa.Column("captions_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('image', 'video', 'captions')", name=op.f("ck_media_kind_is_known")),
        sa.ForeignKeyConstraint(["captions_id"], ["media.id"], name=op.f("fk_media_captions_id")),
        sa.ForeignKeyConstraint(["module_id"], ["modules.id"], name=op.f("fk_media_module_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_media_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
    )
    op.create_index(op.f("ix_media_module_id"), "media", ["module_id"], unique=False)
    op.create_table(
        "packet_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_packet_shares_board_id")),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name=op.f("fk_packet_shares_packet_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packet_shares")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_packet_shares_token_sha256")),
    )
    op.create_index(op.f("ix_packet_shares_packet_id"), "packet_shares", ["packet_id"], unique=False)
    op.create_table(
        "signed_lists",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["status_lists.id"], name=op.f("fk_signed_lists_list_id")),
        sa.PrimaryKeyConstraint("list_id", name=op.f("pk_signed_lists")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("packet_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('packet', 'note', 'accepted', 'returned', 'closed', 'comment', 'remark')",
            name=op.f("ck_audit_entries_kind_is_known"),
        ),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name=op.f("fk_audit_entries_packet_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["audit_subjects.id"], name=op.f("fk_audit_entries_subject_id")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_audit_entries_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index(op.f("ix_audit_entries_subject_id"), "audit_entries", ["subject_id"], unique=False)
    op.create_table(
        "contributors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("credentials", sa.String(length=200), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('author', 'planner')", name=op.f("ck_contributors_role_is_known")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_contributors_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contributors")),
    )
    op.create_index(op.f("ix_contributors_edition_id"), "contributors", ["edition_id"], unique=False)
    op.create_table(
        "credit_calculations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("accreditor", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("pilot_minutes", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.String(60), nullable=False),
        sa.Column("hours", sa.Numeric(8, 2).with_variant(sa.String(12), "sqlite"), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("calculated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calculated_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["calculated_by"], ["users.id"], name=op.f("fk_credit_calculations_calculated_by")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_credit_calculations_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_calculations")),
        sa.UniqueConstraint("edition_id", "accreditor", name=op.f("uq_credit_calculations_edition_id_accreditor")),
    )
    op.create_table(
        "enrollments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_enrollments_edition_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_enrollments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollments")),
        sa.UniqueConstraint("user_id", "edition_id", name=op.f("uq_enrollments_user_id_edition_id")),
    )
    op.create_index(op.f("ix_enrollments_edition_id"), "enrollments", ["edition_id"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("media_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_lessons_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("edition_id", "slug", name=op.f("uq_lessons_edition_id_slug")),
    )
    op.create_index(op.f("ix_lessons_edition_id"), "lessons", ["edition_id"], unique=False)
    op.create_table(
        "objectives",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_objectives_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objectives")),
        sa.UniqueConstraint("edition_id", "key", name=op.f("uq_objectives_edition_id_key")),
    )
    op.create_index(op.f("ix_objectives_edition_id"), "objectives", ["edition_id"], unique=False)
    op.create_table(
        "quizzes",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("cooldown_minutes", sa.Integer(), nullable=False),
        sa.Column("shuffle", sa.Boolean(), nullable=False),
        sa.CheckConstraint("attempts IS NULL OR attempts >= 1", name=op.f("ck_quizzes_attempts_are_positive")),
        sa.CheckConstraint("cooldown_minutes >= 0", name=op.f("ck_quizzes_cooldown_is_not_negative")),
        sa.CheckConstraint("pass_mark BETWEEN 1 AND 100", name=op.f("ck_quizzes_pass_mark_is_a_percentage")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_quizzes_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", name=op.f("pk_quizzes")),
    )
    op.create_table(
        "references",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("seminal", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_references_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_references")),
    )
    op.create_index(op.f("ix_references_edition_id"), "references", ["edition_id"], unique=False)
    op.create_table(
        "attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paper", sa.JSON(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.String(60), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_attempts_enrollment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
        sa.UniqueConstraint("enrollment_id", "number", name=op.f("uq_attempts_enrollment_id_number")),
    )
    op.create_index(
        "uq_attempts_one_open",
        "attempts",
        ["enrollment_id"],
        unique=True,
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.create_table(
        "evaluations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ratings", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_evaluations_enrollment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluations")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_evaluations_enrollment_id")),
    )
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_items_edition_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objectives.id"], name=op.f("fk_items_objective_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_items")),
    )
    op.create_index(op.f("ix_items_edition_id"), "items", ["edition_id"], unique=False)
    op.create_table(
        "lesson_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_lesson_progress_enrollment_id")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_progress_lesson_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_progress")),
        sa.UniqueConstraint("enrollment_id", "lesson_id", name=op.f("uq_lesson_progress_enrollment_id_lesson_id")),
    )
    op.create_table(
        "quiz_draws",
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("objective_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_quiz_draws_count_is_not_negative")),
        sa.ForeignKeyConstraint(["edition_id"], ["editions.id"], name=op.f("fk_quiz_draws_edition_id")),
        sa.ForeignKeyConstraint(["objective_id"], ["objectives.id"], name=op.f("fk_quiz_draws_objective_id")),
        sa.PrimaryKeyConstraint("edition_id", "objective_id", name=op.f("pk_quiz_draws")),
    )
    op.create_table(
        "answers",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_answers_attempt_id")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_answers_item_id")),
        sa.PrimaryKeyConstraint("attempt_id", "item_id", name=op.f("pk_answers")),
    )
    op.create_table(
        "completions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrollment_id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("attestation", sa.Text(), nullable=False),
        sa.Column("engaged_seconds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name=op.f("fk_completions_attempt_id")),
        sa.ForeignKeyConstraint(["enrollment_id"], ["enrollments.id"], name=op.f("fk_completions_enrollment_id")),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluations.id"], name=op.f("fk_completions_evaluation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completions")),
        sa.UniqueConstraint("enrollment_id", name=op.f("uq_completions_enrollment_id")),
    )
    op.create_table(
        "awards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("design", sa.String(length=40), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("credential_sha256", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=300), nullable=False),
        sa.Column("status_list_id", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["completion_id"], ["completions.id"], name=op.f("fk_awards_completion_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["awards.id"], name=op.f("fk_awards_replaces_id")),
        sa.ForeignKeyConstraint(["status_list_id"], ["status_lists.id"], name=op.f("fk_awards_status_list_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
        sa.UniqueConstraint("code", name=op.f("uq_awards_code")),
        sa.UniqueConstraint("credential_sha256", name=op.f("uq_awards_credential_sha256")),
        sa.UniqueConstraint("log_index", name=op.f("uq_awards_log_index")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_awards_replaces_id")),
        sa.UniqueConstraint("status_list_id", "status_index", name=op.f("uq_awards_status_list_id_status_index")),
    )
    op.create_index(op.f("ix_awards_completion_id"), "awards", ["completion_id"], unique=False)
    op.create_table(
        "disclosures",
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["completion_id"], ["completions.id"], name=op.f("fk_disclosures_completion_id")),
        sa.PrimaryKeyConstraint("completion_id", name=op.f("pk_disclosures")),
    )
    op.create_table(
        "award_licenses",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("blind", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_award_licenses_award_id")),
        sa.PrimaryKeyConstraint("award_id", "blind", name=op.f("pk_award_licenses")),
    )
    op.create_index(op.f("ix_award_licenses_blind"), "award_licenses", ["blind"], unique=False)
    op.create_table(
        "credit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("accreditor", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.Numeric(8, 2).with_variant(sa.String(12), "sqlite"), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("also_qualifies", sa.JSON(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('earned', 'revoked')", name=op.f("ck_credit_entries_kind_is_known")),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_credit_entries_award_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_credit_entries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_entries")),
        sa.UniqueConstraint("award_id", "accreditor", "kind", name=op.f("uq_credit_entries_award_id_accreditor_kind")),
    )
    op.create_index(op.f("ix_credit_entries_user_id"), "credit_entries", ["user_id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subscription_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=60), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("promise_id", sa.Integer(), nullable=False),
        sa.Column("given_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_deliveries_award_id")),
        sa.ForeignKeyConstraint(["promise_id"], ["outbox.id"], name=op.f("fk_deliveries_promise_id")),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"], name=op.f("fk_deliveries_subscription_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_deliveries_message_id")),
    )
    op.create_index(op.f("ix_deliveries_subscription_id"), "deliveries", ["subscription_id"], unique=False)
    op.create_table(
        "looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("board_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("asked", sa.String(length=100), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("award_id", sa.Integer(), nullable=True),
        sa.Column("packet_id", sa.Integer(), nullable=True),
        sa.Column("share_id", sa.Integer(), nullable=True),
        sa.Column("license", sa.String(length=80), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('certificate', 'licensee', 'batch', 'packet')", name=op.f("ck_looks_kind_is_known")
        ),
        sa.CheckConstraint("outcome IN ('allowed', 'refused', 'not_found')", name=op.f("ck_looks_outcome_is_known")),
        sa.ForeignKeyConstraint(["about_id"], ["users.id"], name=op.f("fk_looks_about_id")),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_looks_award_id")),
        sa.ForeignKeyConstraint(["board_id"], ["boards.id"], name=op.f("fk_looks_board_id")),
        sa.ForeignKeyConstraint(["packet_id"], ["packets.id"], name=op.f("fk_looks_packet_id")),
        sa.ForeignKeyConstraint(["share_id"], ["packet_shares.id"], name=op.f("fk_looks_share_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_looks_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_looks")),
    )
    op.create_index("ix_looks_about_id_looked_at", "looks", ["about_id", "looked_at"], unique=False)
    op.create_index("ix_looks_board_id_looked_at", "looks", ["board_id", "looked_at"], unique=False)
    op.create_table(
        "revocations",
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('issued_in_error', 'requirements_not_met', 'misconduct', 'replaced')",
            name=op.f("ck_revocations_reason_is_known"),
        ),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_revocations_award_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["users.id"], name=op.f("fk_revocations_revoked_by")),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_revocations")),
    )
    op.create_table(
        "share_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_share_links_award_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_links")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_share_links_token_sha256")),
    )
    op.create_index(op.f("ix_share_links_award_id"), "share_links", ["award_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_share_links_award_id"), "share_links")
    op.drop_table("share_links")
    op.drop_table("revocations")
    op.drop_index("ix_looks_board_id_looked_at"), "looks"
    op.drop_index("ix_looks_about_id_looked_at"), "looks"
    op.drop_table("looks")
    op.drop_index(op.f("ix_deliveries_subscription_id"), "deliveries")
    op.drop_table("deliveries")
    op.drop_index(op.f("ix_credit_entries_user_id"), "credit_entries")
    op.drop_table("credit_entries")
    op.drop_index(op.f("ix_award_licenses_blind"), "award_licenses")
    op.drop_table("award_licenses")
    op.drop_table("disclosures")
    op.drop_index(op.f("ix_awards_completion_id"), "awards")
    op.drop_table("awards")
    op.drop_table("completions")
    op.drop_table("answers")
    op.drop_table("quiz_draws")
    op.drop_table("lesson_progress")
    op.drop_index(op.f("ix_items_edition_id"), "items")
    op.drop_table("items")
    op.drop_table("evaluations")
    op.drop_index(
        "uq_attempts_one_open",
        "attempts",
        sqlite_where=sa.text("submitted_at IS NULL"),
        postgresql_where=sa.text("submitted_at IS NULL"),
    )
    op.drop_table("attempts")
    op.drop_index(op.f("ix_references_edition_id"), "references")
    op.drop_table("references")
    op.drop_table("quizzes")
    op.drop_index(op.f("ix_objectives_edition_id"), "objectives")
    op.drop_table("objectives")
    op.drop_index(op.f("ix_lessons_edition_id"), "lessons")
    op.drop_table("lessons")
    op.drop_index(op.f("ix_enrollments_edition_id"), "enrollments")
    op.drop_table("enrollments")
    op.drop_table("credit_calculations")
    op.drop_index(op.f("ix_contributors_edition_id"), "contributors")
    op.drop_table("contributors")
    op.drop_index(op.f("ix_audit_entries_subject_id"), "audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("signed_lists")
    op.drop_index(op.f("ix_packet_shares_packet_id"), "packet_shares")
    op.drop_table("packet_shares")
    op.drop_index(op.f("ix_media_module_id"), "media")
    op.drop_table("media")
    op.drop_index(
        "uq_editions_one_draft",
        "editions",
        sqlite_where=sa.text("published_at IS NULL"),
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.drop_table("editions")
    op.drop_index(op.f("ix_audit_subjects_user_id"), "audit_subjects")
    op.drop_index(op.f("ix_audit_subjects_audit_id"), "audit_subjects")
    op.drop_table("audit_subjects")
    op.drop_table("witnesses")
    op.drop_index(op.f("ix_tokens_board_id"), "tokens")
    op.drop_table("tokens")
    op.drop_index(op.f("ix_subscriptions_provider_id"), "subscriptions")
    op.drop_index(op.f("ix_subscriptions_board_id"), "subscriptions")
    op.drop_table("subscriptions")
    op.drop_index(op.f("ix_status_lists_provider_id"), "status_lists")
    op.drop_table("status_lists")
    op.drop_table("seats")
    op.drop_index(op.f("ix_passkeys_user_id"), "passkeys")
    op.drop_table("passkeys")
    op.drop_index(op.f("ix_packets_user_id"), "packets")
    op.drop_table("packets")
    op.drop_table("operators")
    op.drop_index(op.f("ix_modules_provider_id"), "modules")
    op.drop_table("modules")
    op.drop_index(op.f("ix_memberships_provider_id"), "memberships")
    op.drop_table("memberships")
    op.drop_index(op.f("ix_licenses_user_id"), "licenses")
    op.drop_table("licenses")
    op.drop_index(op.f("ix_batches_board_id"), "batches")
    op.drop_table("batches")
    op.drop_index(op.f("ix_audits_board_id"), "audits")
    op.drop_table("audits")
    op.drop_index(op.f("ix_approvals_provider_id"), "approvals")
    op.drop_table("approvals")
    op.drop_table("users")
    op.drop_table("providers")
    op.drop_index(
        "ix_outbox_due", "outbox", sqlite_where=sa.text("done_at IS NULL"), postgresql_where=sa.text("done_at IS NULL")
    )
    op.drop_table("outbox")
    op.drop_table("log_nodes")
    op.drop_table("log_head")
    op.drop_index(op.f("ix_log_entries_sha256"), "log_entries")
    op.drop_table("log_entries")
    op.drop_table("checkpoints")
    op.drop_table("boards")
