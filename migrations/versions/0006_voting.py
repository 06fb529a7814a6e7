"""rounds: voting, approvals"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PHASES_BEFORE = "phase IN ('set-up', 'open', 'closed', 'published')"
PHASES = "phase IN ('set-up', 'open', 'closed', 'published', 'sealed', 'annulled')"
COLUMNS = {
    "round": (
        ("opens_at", sa.DateTime(), "", ""),
        ("closes_at", sa.DateTime(), "", "closes_at > opens_at"),
        ("assurance", sa.String(8), "'code' NOT NULL", "assurance IN ('code', 'roll', 'open')"),
        ("contact_point", sa.String(8), "'none' NOT NULL", "contact_point IN ('none', 'email')"),
        ("codes_per_address", sa.Integer(), "'1' NOT NULL", "codes_per_address BETWEEN 1 AND 20"),
        ("channel_online", sa.Boolean(), "true NOT NULL", ""),
        ("channel_kiosk", sa.Boolean(), "false NOT NULL", ""),
        ("channel_roadshow", sa.Boolean(), "false NOT NULL", ""),
        ("channel_paper", sa.Boolean(), "false NOT NULL", ""),
        ("publish", sa.String(8), "'totals' NOT NULL", "publish IN ('ballots', 'totals')"),
        ("publish_reason", sa.Text(), "'' NOT NULL", ""),
        ("challenge_days", sa.Integer(), "'14' NOT NULL", "challenge_days BETWEEN 1 AND 90"),
        ("annul_rule", sa.Text(), "'' NOT NULL", ""),
        ("unawarded", sa.Text(), "'' NOT NULL", ""),
        ("witnesses", sa.JSON(), "", ""),
        ("documents", sa.JSON(), "", ""),
        ("saved_tasks", sa.JSON(), "", ""),
        ("l_and_a", sa.JSON(), "", ""),
        ("manifest", sa.Text(), "", ""),
        ("key_ids", sa.JSON(), "", ""),
        ("opened_at", sa.DateTime(), "", ""),
        ("closed_at", sa.DateTime(), "", ""),
    ),
    "pot": (
        ("most_choices", sa.Integer(), "", "most_choices >= 1"),
        ("most_points", sa.Integer(), "", "most_points >= 1"),
    ),
    "proposal": (("withdrawn", sa.Text(), "", ""),),
}
"""Table, then name, type, default and CHECK of each new column."""


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            add_column(table, *column)
    op.execute(
        "ALTER TABLE round ADD COLUMN rehearsal_of INTEGER CONSTRAINT fk_round_rehearsal_of_round REFERENCES round (id)"
    )
    change_check("round", "ck_round_phase", PHASES_BEFORE, PHASES)
    op.create_table(
        "approval",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.String(length=32), nullable=False),
        sa.Column("requested_at", sa.DateTime(), nullable=False),
        sa.Column("approved_by", sa.String(length=32), nullable=True),
        sa.Column("approved_at", sa.DateTime(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_approval_id_is_128_bits")),
        sa.CheckConstraint("length(subject_hash) = 64", name=op.f("ck_approval_subject_hash")),
        sa.CheckConstraint(
            "outcome IN ('waiting', 'done', 'refused', 'changed', 'expired')", name=op.f("ck_approval_outcome")
        ),
        sa.CheckConstraint("outcome <> 'done' OR approved_by <> requested_by", name=op.f("ck_approval_two_officers")),
        sa.CheckConstraint(
            "(outcome IN ('done', 'refused')) = (approved_by IS NOT NULL)", name=op.f("ck_approval_says_who_decided")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_approval_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index("ix_approval_round_id", "approval", ["round_id"])
    waiting = sa.text("outcome = 'waiting'")
    op.create_index(
        "uq_approval_waiting",
        "approval",
        ["round_id", "act", "subject_hash"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "escrow_receipt",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("downloaded_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_escrow_receipt_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "staff_id", name=op.f("pk_escrow_receipt")),
    )


def add_column(table: str, name: str, kind: sa.types.TypeEngine, default: str, check: str) -> None:
    """Add a column in one statement: SQLite's batch mode would rebuild `round`, and with it delete every pot."""
    written = kind.compile(dialect=op.get_bind().dialect)
    default = f" DEFAULT {default}" if default else ""
    check = f" CONSTRAINT ck_{table}_{name} CHECK ({check})" if check else ""
    op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {written}{default}{check}")


def change_check(table: str, name: str, before: str, after: str) -> None:
    """Exchange a CHECK for another.

    SQLite has no statement for it. Rebuilding the table would delete what hangs on it, since foreign keys cannot be
    put aside inside a transaction; its documentation gives this way for constraints (lang_altertable, section 7).
    """
    bind = op.get_bind()
    if bind.dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({after})")
        return
    version = bind.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema=ON")
    changed = sa.text(
        "UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :table"
    )
    bind.execute(changed, {"before": f"({before})", "after": f"({after})", "table": table})
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=OFF")


def downgrade() -> None:
    op.drop_table("escrow_receipt")
    op.drop_table("approval")
    op.execute(
        "UPDATE round SET phase = CASE phase WHEN 'sealed' THEN 'published' ELSE 'closed' END"
        " WHERE phase IN ('sealed', 'annulled')"
    )
    change_check("round", "ck_round_phase", PHASES, PHASES_BEFORE)
    op.drop_column("round", "rehearsal_of")
    for table, columns in reversed(COLUMNS.items()):
        for name, *_ in reversed(columns):
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
