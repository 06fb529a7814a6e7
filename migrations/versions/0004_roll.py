"""roll"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
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
    op.create_table(
        "roll_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("touched_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('named', 'address', 'count')", name=op.f("ck_roll_import_kind")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_roll_import_sha256")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_roll_import_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_import")),
    )
    with op.batch_alter_table("roll_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roll_import_round_id"), ["round_id"], unique=False)

    op.create_table(
        "letter_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('letters', 'test')", name=op.f("ck_letter_batch_kind")),
        sa.CheckConstraint(
            "state IN ('making', 'ready', 'delivered', 'expired', 'spoiled')", name=op.f("ck_letter_batch_state")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_letter_batch_round_id_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_letter_batch_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_batch")),
    )
    with op.batch_alter_table("letter_batch", schema=None) as batch_op:
        batch_op.create_index(
            "ix_letter_batch_one_in_the_making",
            ["round_id", "ward_id"],
            unique=True,
            sqlite_where=sa.text("state = 'making'"),
            postgresql_where=sa.text("state = 'making'"),
        )

    op.create_table(
        "roll_entry",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.CheckConstraint("length(id) = 32", name=op.f("ck_roll_entry_id_is_128_bits")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_roll_entry_place")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["roll_import.id"], name=op.f("fk_roll_entry_import_id_roll_import"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_roll_entry_round_id_round"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_roll_entry_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_entry")),
    )
    with op.batch_alter_table("roll_entry", schema=None) as batch_op:
        batch_op.create_index("ix_roll_entry_order", ["import_id", "ward_id", "number", "place"], unique=False)
        batch_op.create_index("ix_roll_entry_postcode", ["postcode"], unique=False)

    op.create_table(
        "voting_code",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("selector", sa.String(length=4), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("roll_entry_id", sa.String(length=32), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=4), nullable=False),
        sa.Column("why_void", sa.String(length=10), nullable=True),
        sa.CheckConstraint("(state = 'live') = (why_void IS NULL)", name=op.f("ck_voting_code_void_codes_say_why")),
        sa.CheckConstraint("state IN ('live', 'void')", name=op.f("ck_voting_code_state")),
        sa.CheckConstraint(
            "why_void IS NULL OR why_void IN ('reissued', 'returned', 'spoiled', 'test', 'removed')",
            name=op.f("ck_voting_code_why_void"),
        ),
        sa.CheckConstraint("length(salt) = 16 AND length(verifier) = 32", name=op.f("ck_voting_code_hashed")),
        sa.CheckConstraint("length(selector) = 4", name=op.f("ck_voting_code_selector")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["letter_batch.id"], name=op.f("fk_voting_code_batch_id_letter_batch"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["roll_entry_id"],
            ["roll_entry.id"],
            name=op.f("fk_voting_code_roll_entry_id_roll_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_voting_code_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "selector", name=op.f("pk_voting_code")),
    )
    with op.batch_alter_table("voting_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voting_code_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(
            "ix_voting_code_one_live",
            ["roll_entry_id"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.create_index(batch_op.f("ix_voting_code_roll_entry_id"), ["roll_entry_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("voting_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voting_code_roll_entry_id"))
        batch_op.drop_index(
            "ix_voting_code_one_live",
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.drop_index(batch_op.f("ix_voting_code_batch_id"))

    op.drop_table("voting_code")
    with op.batch_alter_table("roll_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_roll_entry_postcode")
        batch_op.drop_index("ix_roll_entry_order")

    op.drop_table("roll_entry")
    with op.batch_alter_table("letter_batch", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_letter_batch_one_in_the_making",
            sqlite_where=sa.text("state = 'making'"),
            postgresql_where=sa.text("state = 'making'"),
        )

    op.drop_table("letter_batch")
    with op.batch_alter_table("roll_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_roll_import_round_id"))

    op.drop_table("roll_import")
    op.drop_table("reissue_count")
