"""ages, reminders, hubs and the time before an election"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = (
    ("youngest_age", " DEFAULT '16' NOT NULL", "youngest_age BETWEEN 0 AND 120"),
    ("oldest_age", "", "oldest_age BETWEEN youngest_age AND 120"),
    ("reminder_days", "", "reminder_days BETWEEN 1 AND 30"),
)
"""Name, default and CHECK of each new column of `round`."""


def upgrade() -> None:
    for name, default, check in COLUMNS:  # in one statement each: SQLite's batch mode would rebuild `round`
        op.execute(f"ALTER TABLE round ADD COLUMN {name} INTEGER{default} CONSTRAINT ck_round_{name} CHECK ({check})")
    with_email = sa.text("email IS NOT NULL")
    op.create_index(
        "ix_roll_entry_email",
        "roll_entry",
        ["round_id", "email"],
        sqlite_where=with_email,
        postgresql_where=with_email,
    )
    op.create_table(
        "reminder",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_entry", sa.String(length=32), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("queued >= 0", name=op.f("ck_reminder_queued")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_reminder_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_reminder")),
    )
    op.create_table(
        "reminder_stop",
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(mark) = 64", name=op.f("ck_reminder_stop_mark_is_a_digest")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_reminder_stop")),
    )
    _create_hubs()
    _create_pre_election()


def _create_hubs() -> None:
    op.create_table(
        "help_line",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_help_line_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_line")),
    )
    op.create_table(
        "hub",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("hours", sa.String(length=200), nullable=False),
        sa.Column("access", sa.String(length=200), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_hub_named")),
        sa.CheckConstraint("address <> ''", name=op.f("ck_hub_addressed")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_hub_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hub")),
        sa.UniqueConstraint("name", name=op.f("uq_hub_name")),
    )
    op.create_index("ix_hub_ward_id", "hub", ["ward_id"])
    op.create_table(
        "nearest_hub",
        sa.Column("ward_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hub_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_nearest_hub_ward_id_ward")),
        sa.ForeignKeyConstraint(["hub_id"], ["hub.id"], name=op.f("fk_nearest_hub_hub_id_hub"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ward_id", name=op.f("pk_nearest_hub")),
    )
    op.create_index("ix_nearest_hub_hub_id", "nearest_hub", ["hub_id"])


def _create_pre_election() -> None:
    op.create_table(
        "pre_election",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_by", sa.String(length=32), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=32), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_pre_election_last_day")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_pre_election_reason")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pre_election")),
    )
    op.create_index(
        "uq_pre_election_not_ended",
        "pre_election",
        ["standing"],
        unique=True,
        sqlite_where=sa.text("standing"),
        postgresql_where=sa.text("standing"),
    )


def downgrade() -> None:
    op.drop_table("pre_election")
    op.drop_table("nearest_hub")
    op.drop_table("hub")
    op.drop_table("help_line")
    op.drop_table("reminder_stop")
    op.drop_table("reminder")
    op.drop_index("ix_roll_entry_email", "roll_entry")
    for name, *_ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE round DROP COLUMN {name}")
