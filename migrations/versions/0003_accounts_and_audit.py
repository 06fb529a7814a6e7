"""accounts and audit"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER audit_entry_no_update BEFORE UPDATE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_entry_no_delete BEFORE DELETE ON audit_entry
       BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END""",
    """CREATE TRIGGER audit_entry_next_in_line BEFORE INSERT ON audit_entry
       WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_entry)
       BEGIN SELECT RAISE(ABORT, 'the audit log takes only the next entry'); END""",
)
POSTGRESQL_FUNCTIONS = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    """CREATE FUNCTION audit_entry_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF NEW.seq IS DISTINCT FROM (SELECT COALESCE(MAX(seq), 0) + 1 FROM audit_entry) THEN
         RAISE EXCEPTION 'the audit log takes only the next entry';
       END IF;
       RETURN NEW; END $$""",
)
POSTGRESQL_TRIGGERS = (
    ("no_change", "BEFORE UPDATE OR DELETE", "ROW", "audit_refuse"),
    ("no_truncate", "BEFORE TRUNCATE", "STATEMENT", "audit_refuse"),
    ("next_in_line", "BEFORE INSERT", "ROW", "audit_entry_check"),
)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_audit_entry_seq_from_one")),
        sa.CheckConstraint("length(leaf) = 64 AND length(head) = 64", name=op.f("ck_audit_entry_hashes_are_sha256")),
        sa.CheckConstraint("actor <> '' AND act <> ''", name=op.f("ck_audit_entry_says_who_and_what")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("head", name=op.f("uq_audit_entry_head")),
    )
    protect()
    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("invited_by", sa.String(length=32), nullable=False),
        sa.CheckConstraint("email = lower(email) AND email <> ''", name=op.f("ck_staff_email_lower_case")),
        sa.CheckConstraint("label <> ''", name=op.f("ck_staff_labelled")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "role IN ('officer', 'councillor', 'steward', 'auditor')", name=op.f("ck_staff_role_role_known")
        ),
        belongs_to_staff("staff_role"),
        sa.PrimaryKeyConstraint("staff_id", "role", name=op.f("pk_staff_role")),
    )
    op.create_table(
        "staff_ward",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("ward_code", sa.String(length=9), nullable=False),
        belongs_to_staff("staff_ward"),
        sa.ForeignKeyConstraint(
            ["ward_code"], ["ward.code"], name=op.f("fk_staff_ward_ward_code_ward"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("staff_id", "ward_code", name=op.f("pk_staff_ward")),
    )
    op.create_index(op.f("ix_staff_ward_ward_code"), "staff_ward", ["ward_code"])
    op.create_table(
        "staff_invitation",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_staff_invitation_hash_is_sha256")),
        belongs_to_staff("staff_invitation"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_invitation_token_hash")),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        belongs_to_staff("staff_recovery_code"),
        sa.PrimaryKeyConstraint("staff_id", "position", name=op.f("pk_staff_recovery_code")),
    )
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=False),
        sa.Column("wrong_codes", sa.Integer(), nullable=False),
        sa.Column("new_secret", sa.Text(), nullable=True),
        sa.CheckConstraint("stage IN ('password', 'set-up', 'full')", name=op.f("ck_staff_session_stage_known")),
        sa.CheckConstraint(
            "(stage = 'set-up') = (new_secret IS NOT NULL)", name=op.f("ck_staff_session_secret_waits_in_set_up")
        ),
        belongs_to_staff("staff_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])


def belongs_to_staff(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["staff_id"], ["staff.id"], name=op.f(f"fk_{table}_staff_id_staff"), ondelete="CASCADE"
    )


def protect() -> None:
    """The database refuses what must never happen to an audit entry, whoever asks."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    for statement in POSTGRESQL_FUNCTIONS:
        op.execute(statement)
    for name, when, each, function in POSTGRESQL_TRIGGERS:
        trigger = f"audit_entry_{name}"
        op.execute(f"CREATE TRIGGER {trigger} {when} ON audit_entry FOR EACH {each} EXECUTE FUNCTION {function}()")
        op.execute(f"ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER {trigger}")


def downgrade() -> None:
    refuse_to_lose_real_staff()
    for table in ("staff_session", "staff_recovery_code", "staff_invitation", "staff_ward", "staff_role", "staff"):
        op.drop_table(table)
    op.drop_table("audit_entry")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
        op.execute("DROP FUNCTION audit_entry_check()")


def refuse_to_lose_real_staff() -> None:
    """Test accounts may go; the record of what real staff did may not."""
    if op.get_bind().execute(sa.text("SELECT COUNT(*) FROM staff WHERE NOT is_demo")).scalar():
        raise RuntimeError(
            "The database holds real staff accounts and the log of what they did, which this step back would destroy. "
            "Nothing was changed. Keep this version, or restore a backup taken before."
        )
