"""equality questions of rounds and of budget years: one plan, asked by exactly one of the two"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LINK_IS_A_DIGEST = "length(guard_link) = 64"


def upgrade() -> None:
    op.create_table(
        "equality_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("budget_id", sa.Integer(), nullable=True),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("guard_key", sa.String(length=32), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("(round_id IS NULL) <> (budget_id IS NULL)", name=op.f("ck_equality_plan_asked_by_one")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_equality_plan_round_id_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["budget_id"],
            ["budget_year.id"],
            name=op.f("fk_equality_plan_budget_id_budget_year"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equality_plan")),
        sa.UniqueConstraint("round_id", name=op.f("uq_equality_plan_round_id")),
        sa.UniqueConstraint("budget_id", name=op.f("uq_equality_plan_budget_id")),
    )
    op.execute(
        "INSERT INTO equality_plan (round_id, questions, closed_at, destroyed_at) "
        "SELECT round_id, questions, closed_at, destroyed_at FROM equality_round ORDER BY round_id"
    )
    _set_aside(
        "SELECT p.id AS owner, a.guard_link, a.part, a.sealed FROM equality_answer a "
        "JOIN equality_plan p ON p.round_id = a.round_id"
    )
    op.drop_table("equality_round")
    op.create_table(
        "equality_answer",
        sa.Column("plan_id", sa.Integer(), autoincrement=False, nullable=False),
        *_columns(),
        sa.ForeignKeyConstraint(
            ["plan_id"],
            ["equality_plan.id"],
            name=op.f("fk_equality_answer_plan_id_equality_plan"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("plan_id", "guard_link", "part", name=op.f("pk_equality_answer")),
    )
    _put_back("plan_id")


def downgrade() -> None:
    op.create_table(
        "equality_round",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("destroyed_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_equality_round_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_equality_round")),
    )
    op.execute(
        "INSERT INTO equality_round (round_id, questions, closed_at, destroyed_at) "
        "SELECT round_id, questions, closed_at, destroyed_at FROM equality_plan WHERE round_id IS NOT NULL"
    )
    _set_aside(
        "SELECT p.round_id AS owner, a.guard_link, a.part, a.sealed FROM equality_answer a "
        "JOIN equality_plan p ON p.id = a.plan_id WHERE p.round_id IS NOT NULL"
    )
    op.drop_table("equality_plan")
    op.create_table(
        "equality_answer",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        *_columns(),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["equality_round.round_id"],
            name=op.f("fk_equality_answer_round_id_equality_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", "guard_link", "part", name=op.f("pk_equality_answer")),
    )
    _put_back("round_id")


def _columns() -> tuple[sa.Column | sa.CheckConstraint, ...]:
    return (
        sa.Column("guard_link", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(LINK_IS_A_DIGEST, name=op.f("ck_equality_answer_guard_link_is_a_digest")),
    )


def _set_aside(rows: str) -> None:
    """Sealed rows wait in a table without constraints while theirs is made anew under the same names."""
    op.execute(f"CREATE TABLE equality_answer_moving AS {rows}")
    op.drop_table("equality_answer")


def _put_back(owner: str) -> None:
    op.execute(
        f"INSERT INTO equality_answer ({owner}, guard_link, part, sealed) "  # noqa: S608  a column's name, ours
        "SELECT owner, guard_link, part, sealed FROM equality_answer_moving"
    )
    op.drop_table("equality_answer_moving")
