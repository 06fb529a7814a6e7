"""who is missing, and the access record"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guard_snapshot",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_guard_snapshot_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "made_on", name=op.f("pk_guard_snapshot")),
    )
    op.create_table(
        "access_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("partner", sa.String(length=200), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("languages", sa.String(length=200), nullable=False),
        sa.Column("by_whom", sa.String(length=200), nullable=False),
        sa.Column("they_said", sa.Text(), nullable=False),
        sa.CheckConstraint("what <> ''", name=op.f("ck_access_record_says_what")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_access_record_round_id_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_access_record_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
    )
    op.create_index("ix_access_record_round_id", "access_record", ["round_id"])


def downgrade() -> None:
    op.drop_table("access_record")
    op.drop_table("guard_snapshot")
