"""from close to seal"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_count",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_count_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_round_count")),
    )
    op.create_table(
        "contest_file",
        sa.Column("pot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("unique_ballots", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_contest_file_sha256")),
        sa.CheckConstraint("unique_ballots >= 0", name=op.f("ck_contest_file_unique_ballots")),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_contest_file_pot_id_pot")),
        sa.PrimaryKeyConstraint("pot_id", name=op.f("pk_contest_file")),
    )
    op.create_table(
        "recount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pot_id", sa.Integer(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("made_by", sa.String(length=8), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("made_by IN ('service', 'auditor')", name=op.f("ck_recount_made_by")),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_recount_pot_id_pot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recount")),
    )
    op.create_index("ix_recount_pot_id", "recount", ["pot_id"])
    op.create_table(
        "publication",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("last_challenge_day", sa.Date(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(), nullable=True),
        sa.Column("backups_gone_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round_count.round_id"], name=op.f("fk_publication_round_id_round_count")
        ),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_publication")),
    )
    op.create_table(
        "result_bundle",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("sums", sa.Text(), nullable=False),
        sa.Column("signature", sa.String(length=129), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["publication.round_id"], name=op.f("fk_result_bundle_round_id_publication")
        ),
        sa.PrimaryKeyConstraint("round_id", "size", name=op.f("pk_result_bundle")),
    )


def downgrade() -> None:
    op.drop_table("result_bundle")
    op.drop_table("publication")
    op.drop_table("recount")
    op.drop_table("contest_file")
    op.drop_table("round_count")
