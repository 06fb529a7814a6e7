"""the roll desk: counts by day, who was stopped, permits to give a code, ballots cast with help"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COUNTS = ("reissued", "reissued_with_ballot", "issued", "printed", "voided", "added", "moved")


def upgrade() -> None:
    op.create_table(
        "desk_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTS),
        sa.CheckConstraint("reissued_with_ballot BETWEEN 0 AND reissued", name=op.f("ck_desk_count_with_ballot")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_desk_count_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_count")),
        sa.UniqueConstraint("round_id", "day", name=op.f("uq_desk_count_round_id_day")),
    )
    op.execute(
        "INSERT INTO desk_count"
        " (round_id, day, reissued, reissued_with_ballot, issued, printed, voided, added, moved)"
        " SELECT round_id, day, codes, with_ballot, 0, 0, 0, 0, 0 FROM reissue_count"
    )
    op.drop_table("reissue_count")
    op.create_table(
        "roll_stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("roll_entry_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["roll_entry_id"], ["roll_entry.id"], name=op.f("fk_roll_stop_roll_entry_id_roll_entry"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_roll_stop_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_stop")),
    )
    op.create_index("ix_roll_stop_round_id", "roll_stop", ["round_id", "id"])
    op.create_index(op.f("ix_roll_stop_roll_entry_id"), "roll_stop", ["roll_entry_id"])
    op.create_table(
        "desk_permit",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("roll_entry_id", sa.String(length=32), nullable=False),
        sa.Column("officer", sa.String(length=32), nullable=False),
        sa.Column("identity", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_desk_permit_id_is_128_bits")),
        sa.ForeignKeyConstraint(
            ["roll_entry_id"],
            ["roll_entry.id"],
            name=op.f("fk_desk_permit_roll_entry_id_roll_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_desk_permit_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_permit")),
    )
    op.create_index(op.f("ix_desk_permit_roll_entry_id"), "desk_permit", ["roll_entry_id"])
    op.add_column(
        "voting_code", sa.Column("since_opening", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("ballot_draft", sa.Column("stops", sa.Integer(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("ballot_draft", "stops")
    op.drop_column("voting_code", "since_opening")
    op.drop_table("desk_permit")
    op.drop_table("roll_stop")
    op.create_table(
        "reissue_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.Column("with_ballot", sa.Integer(), nullable=False),
        sa.CheckConstraint("with_ballot >= 0 AND with_ballot <= codes", name=op.f("ck_reissue_count_with_ballot")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_reissue_count_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reissue_count")),
        sa.UniqueConstraint("round_id", "day", name=op.f("uq_reissue_count_round_id_day")),
    )
    op.execute(
        "INSERT INTO reissue_count (round_id, day, codes, with_ballot)"
        " SELECT round_id, day, reissued, reissued_with_ballot FROM desk_count"
    )
    op.drop_table("desk_count")
