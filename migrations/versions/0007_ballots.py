"""ballots"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ballot_draft",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("assurance", sa.String(length=4), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("touched_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_ballot_draft_id_is_128_bits")),
        sa.CheckConstraint("length(slot) = 64", name=op.f("ck_ballot_draft_slot_is_a_digest")),
        sa.CheckConstraint("length(token) = 32", name=op.f("ck_ballot_draft_token_is_128_bits")),
        sa.CheckConstraint("channel IN ('online', 'kiosk', 'roadshow', 'paper')", name=op.f("ck_ballot_draft_channel")),
        sa.CheckConstraint("assurance IN ('code', 'roll', 'open')", name=op.f("ck_ballot_draft_assurance")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_ballot_draft_round_id_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_ballot_draft_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot_draft")),
    )
    op.create_index("ix_ballot_draft_round_id", "ballot_draft", ["round_id"])
    op.create_index("ix_ballot_draft_touched_at", "ballot_draft", ["touched_at"])


def downgrade() -> None:
    op.drop_table("ballot_draft")
