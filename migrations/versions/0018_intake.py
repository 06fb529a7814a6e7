"""intake counters"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, rest in (
        (
            "intake_counter",
            (
                sa.Column("site", sa.String(length=20), nullable=False),
                sa.Column("bucket", sa.DateTime(), nullable=False),
                sa.Column("ballots", sa.Integer(), nullable=False),
                sa.CheckConstraint("ballots > 0", name=op.f("ck_intake_counter_ballots")),
                sa.PrimaryKeyConstraint("round_id", "site", "bucket", name=op.f("pk_intake_counter")),
            ),
        ),
        (
            "intake_mark",
            (
                sa.Column("seq", sa.Integer(), nullable=False),
                sa.Column("counted_at", sa.DateTime(), nullable=False),
                sa.PrimaryKeyConstraint("round_id", name=op.f("pk_intake_mark")),
            ),
        ),
    ):
        op.create_table(
            table,
            sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
            *rest,
            sa.ForeignKeyConstraint(
                ["round_id"], ["round.id"], name=op.f(f"fk_{table}_round_id_round"), ondelete="CASCADE"
            ),
        )


def downgrade() -> None:
    op.drop_table("intake_mark")
    op.drop_table("intake_counter")
