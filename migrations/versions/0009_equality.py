"""equality questions and sealed answers"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
    op.create_table(
        "equality_answer",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("guard_link", sa.String(length=64), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(guard_link) = 64", name=op.f("ck_equality_answer_guard_link_is_a_digest")),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["equality_round.round_id"],
            name=op.f("fk_equality_answer_round_id_equality_round"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("round_id", "guard_link", "part", name=op.f("pk_equality_answer")),
    )


def downgrade() -> None:
    op.drop_table("equality_answer")
    op.drop_table("equality_round")
