"""guard reports"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guard_report",
        sa.Column("pot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("programme", sa.JSON(), nullable=False),
        sa.Column("input_hash", sa.String(length=64), nullable=False),
        sa.Column("config_version", sa.String(length=64), nullable=False),
        sa.Column("baseline_version", sa.String(length=64), nullable=False),
        sa.CheckConstraint("length(input_hash) = 64", name=op.f("ck_guard_report_input_hash")),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_guard_report_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pot_id", name=op.f("pk_guard_report")),
    )


def downgrade() -> None:
    op.drop_table("guard_report")
