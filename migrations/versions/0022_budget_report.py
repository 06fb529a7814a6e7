"""who answered a budget, kept with small groups left out"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guard_budget_report",
        sa.Column("budget_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("config_version", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget_id"],
            ["budget_year.id"],
            name=op.f("fk_guard_budget_report_budget_id_budget_year"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("budget_id", name=op.f("pk_guard_budget_report")),
    )


def downgrade() -> None:
    op.drop_table("guard_budget_report")
