"""decisions on guard reports"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE TRIGGER guard_decision_no_update BEFORE UPDATE ON guard_decision
       BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END""",
    """CREATE TRIGGER guard_decision_no_delete BEFORE DELETE ON guard_decision
       BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION guard_decision_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'decisions are append-only'; END $$""",
    """CREATE TRIGGER guard_decision_no_change BEFORE UPDATE OR DELETE ON guard_decision
       FOR EACH ROW EXECUTE FUNCTION guard_decision_refuse()""",
    "ALTER TABLE guard_decision ENABLE ALWAYS TRIGGER guard_decision_no_change",
    """CREATE TRIGGER guard_decision_no_truncate BEFORE TRUNCATE ON guard_decision
       FOR EACH STATEMENT EXECUTE FUNCTION guard_decision_refuse()""",
    "ALTER TABLE guard_decision ENABLE ALWAYS TRIGGER guard_decision_no_truncate",
)


def upgrade() -> None:
    op.create_table(
        "guard_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "decision IN ('certify', 'hold', 'conditions', 'reserve', 'annul')",
            name=op.f("ck_guard_decision_decision"),
        ),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_guard_decision_has_a_reason")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_guard_decision_round_id_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guard_decision")),
    )
    op.create_index("ix_guard_decision_round_id", "guard_decision", ["round_id"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("guard_decision")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION guard_decision_refuse()")
