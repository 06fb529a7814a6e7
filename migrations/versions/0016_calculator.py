"""budget calculator"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHANNEL = "channel IN ('online', 'kiosk', 'roadshow')"
GROUP = "group_size BETWEEN 2 AND 100"
SQLITE = (
    """CREATE TRIGGER budget_version_no_update BEFORE UPDATE ON budget_version
       BEGIN SELECT RAISE(ABORT, 'versions of a budget are append-only'); END""",
    """CREATE TRIGGER budget_version_no_delete BEFORE DELETE ON budget_version
       BEGIN SELECT RAISE(ABORT, 'versions of a budget are append-only'); END""",
    """CREATE TRIGGER budget_response_not_after_close BEFORE INSERT ON budget_response
       WHEN (SELECT phase FROM budget_year WHERE id = NEW.budget_id) IS NOT 'open'
       BEGIN SELECT RAISE(ABORT, 'the budget is not open'); END""",
    """CREATE TRIGGER budget_response_no_change_after_close BEFORE UPDATE ON budget_response
       WHEN (SELECT phase FROM budget_year WHERE id = OLD.budget_id) IS NOT 'open'
       BEGIN SELECT RAISE(ABORT, 'the budget is not open'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION budget_response_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF (SELECT phase FROM budget_year WHERE id = NEW.budget_id) IS DISTINCT FROM 'open' THEN
         RAISE EXCEPTION 'the budget is not open';
       END IF;
       RETURN NEW; END $$""",
)
POSTGRESQL_TRIGGERS = (
    ("budget_version", "no_change", "BEFORE UPDATE OR DELETE", "ROW", "ledger_refuse"),
    ("budget_version", "no_truncate", "BEFORE TRUNCATE", "STATEMENT", "ledger_refuse"),
    ("budget_response", "not_after_close", "BEFORE INSERT OR UPDATE", "ROW", "budget_response_check"),
)


def upgrade() -> None:
    op.create_table(
        "budget_year",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("phase", sa.String(length=6), server_default=sa.text("'set-up'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("closes_at", sa.DateTime(), nullable=True),
        sa.Column("opened_at", sa.DateTime(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("phase IN ('set-up', 'open', 'closed')", name=op.f("ck_budget_year_phase")),
        sa.CheckConstraint(
            "phase = 'set-up' OR closes_at IS NOT NULL", name=op.f("ck_budget_year_an_open_budget_closes")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_budget_year_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_year")),
        sa.UniqueConstraint("slug", name=op.f("uq_budget_year_slug")),
    )
    op.create_table(
        "budget_version",
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=32), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("length(fingerprint) = 64", name=op.f("ck_budget_version_fingerprint")),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budget_year.id"], name=op.f("fk_budget_version_budget_id_budget_year")
        ),
        sa.PrimaryKeyConstraint("budget_id", "number", name=op.f("pk_budget_version")),
    )
    create_drafts()
    create_responses()
    protect()


def create_drafts() -> None:
    op.create_table(
        "budget_draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("band", sa.String(length=1), server_default=sa.text("'D'"), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("group_size", sa.Integer(), nullable=True),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("code_digest", sa.String(length=64), nullable=True),
        sa.Column("touched_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_budget_draft_id_is_128_bits")),
        sa.CheckConstraint("length(token) = 32", name=op.f("ck_budget_draft_token_is_128_bits")),
        sa.CheckConstraint(CHANNEL, name=op.f("ck_budget_draft_channel")),
        sa.CheckConstraint(GROUP, name=op.f("ck_budget_draft_group_size")),
        sa.ForeignKeyConstraint(
            ["budget_id"],
            ["budget_year.id"],
            name=op.f("fk_budget_draft_budget_id_budget_year"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_budget_draft_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_draft")),
        sa.UniqueConstraint("budget_id", "code_digest", name=op.f("uq_budget_draft_budget_id_code_digest")),
    )
    op.create_index("ix_budget_draft_touched_at", "budget_draft", ["touched_at"])


def create_responses() -> None:
    op.create_table(
        "budget_response",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("budget_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("comments", sa.JSON(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("group_size", sa.Integer(), nullable=True),
        sa.Column("still_to_find", sa.BigInteger(), nullable=False),
        sa.Column("is_balanced", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_budget_response_id_is_128_bits")),
        sa.CheckConstraint(CHANNEL, name=op.f("ck_budget_response_channel")),
        sa.CheckConstraint(GROUP, name=op.f("ck_budget_response_group_size")),
        sa.ForeignKeyConstraint(
            ["budget_id"],
            ["budget_year.id"],
            name=op.f("fk_budget_response_budget_id_budget_year"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_budget_response_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_response")),
    )
    op.create_index("ix_budget_response_budget_id", "budget_response", ["budget_id"])


def protect() -> None:
    """Versions are never changed, and no answer comes in or changes after the close: on both engines."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    for statement in POSTGRESQL:
        op.execute(statement)
    for table, name, when, level, function in POSTGRESQL_TRIGGERS:
        trigger = f"{table}_{name}"
        op.execute(f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()")
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def downgrade() -> None:
    op.drop_table("budget_response")
    op.drop_table("budget_draft")
    op.drop_table("budget_version")
    op.drop_table("budget_year")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION budget_response_check()")
