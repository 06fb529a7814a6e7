"""foundation"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "borough",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=130), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("boundaries_source", sa.Text(), nullable=False),
        sa.Column("postcodes_source", sa.Text(), nullable=False),
        sa.Column("map_version", sa.String(length=16), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_borough_named")),
        sa.CheckConstraint("slug <> ''", name=op.f("ck_borough_slug_present")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_borough")),
        sa.UniqueConstraint("name", name=op.f("uq_borough_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_borough_slug")),
    )
    op.create_table(
        "round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("dates_as_stated", sa.String(length=80), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("phase IN ('set-up', 'open', 'closed', 'published')", name=op.f("ck_round_phase")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
        sa.UniqueConstraint("slug", name=op.f("uq_round_slug")),
    )
    op.create_table(
        "baseline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("borough_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("loaded_on", sa.Date(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(version) = 64", name=op.f("ck_baseline_version_is_sha256")),
        sa.ForeignKeyConstraint(["borough_id"], ["borough.id"], name=op.f("fk_baseline_borough_id_borough")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
        sa.UniqueConstraint("borough_id", "version", name=op.f("uq_baseline_borough_id_version")),
    )
    with op.batch_alter_table("baseline", schema=None) as batch_op:
        batch_op.create_index(
            "ix_baseline_one_current",
            ["borough_id"],
            unique=True,
            sqlite_where=sa.text("is_current"),
            postgresql_where=sa.text("is_current"),
        )

    op.create_table(
        "ward",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("borough_id", sa.Integer(), nullable=False),
        sa.Column("boundary", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "length(code) = 9 AND (code LIKE 'E05%' OR code LIKE 'X99%')", name=op.f("ck_ward_code_of_a_ward")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_ward_named")),
        sa.ForeignKeyConstraint(["borough_id"], ["borough.id"], name=op.f("fk_ward_borough_id_borough")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ward")),
        sa.UniqueConstraint("code", name=op.f("uq_ward_code")),
    )
    with op.batch_alter_table("ward", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ward_borough_id"), ["borough_id"], unique=False)

    op.create_table(
        "baseline_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("baseline_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("dimension", sa.String(length=120), nullable=False),
        sa.Column("group", sa.String(length=120), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("population_base", sa.String(length=3), nullable=False),
        sa.CheckConstraint("population_base IN ('all', '16+')", name=op.f("ck_baseline_count_population_base_known")),
        sa.CheckConstraint("count >= 0", name=op.f("ck_baseline_count_count_not_negative")),
        sa.CheckConstraint("dimension <> '' AND \"group\" <> ''", name=op.f("ck_baseline_count_labelled")),
        sa.ForeignKeyConstraint(
            ["baseline_id"], ["baseline.id"], name=op.f("fk_baseline_count_baseline_id_baseline"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_baseline_count_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline_count")),
        sa.UniqueConstraint(
            "baseline_id",
            "ward_id",
            "dimension",
            "group",
            name=op.f("uq_baseline_count_baseline_id_ward_id_dimension_group"),
        ),
    )
    with op.batch_alter_table("baseline_count", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_baseline_count_ward_id"), ["ward_id"], unique=False)

    op.create_table(
        "postcode",
        sa.Column("postcode", sa.String(length=7), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(postcode) BETWEEN 5 AND 7", name=op.f("ck_postcode_postcode_length")),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_postcode_ward_id_ward")),
        sa.PrimaryKeyConstraint("postcode", name=op.f("pk_postcode")),
    )
    with op.batch_alter_table("postcode", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_postcode_ward_id"), ["ward_id"], unique=False)

    op.create_table(
        "pot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("ballot_type", sa.String(length=20), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "ballot_type IN ('approval', 'knapsack', 'ranked', 'points')", name=op.f("ck_pot_ballot_type")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_pot_amount")),
        sa.CheckConstraint("units >= 1", name=op.f("ck_pot_units")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_pot_round_id_round"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ward_id"], ["ward.id"], name=op.f("fk_pot_ward_id_ward")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pot")),
        sa.UniqueConstraint("round_id", "slug", name=op.f("uq_pot_round_id_slug")),
    )
    with op.batch_alter_table("pot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pot_ward_id"), ["ward_id"], unique=False)

    op.create_table(
        "ballot_count",
        sa.Column("pot_id", sa.Integer(), nullable=False),
        sa.Column("ballots", sa.Integer(), nullable=False),
        sa.Column("blank", sa.Integer(), nullable=False),
        sa.Column("sizes", sa.JSON(), nullable=False),
        sa.CheckConstraint("blank >= 0 AND blank <= ballots", name=op.f("ck_ballot_count_ballots")),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_ballot_count_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pot_id", name=op.f("pk_ballot_count")),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pot_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("remaining", sa.BigInteger(), nullable=False),
        sa.Column("story", sa.JSON(), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_outcome_position")),
        sa.CheckConstraint("spent >= 0 AND remaining >= 0", name=op.f("ck_outcome_money")),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_outcome_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
        sa.UniqueConstraint("pot_id", "position", name=op.f("uq_outcome_pot_id_position")),
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pot_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("cost", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_proposal_cost")),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_proposal_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("pot_id", "reference", name=op.f("uq_proposal_pot_id_reference")),
    )
    op.create_table(
        "replay",
        sa.Column("pot_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("meta", sa.JSON(), nullable=False),
        sa.Column("notices", sa.JSON(), nullable=False),
        sa.Column("stated_winners", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["pot_id"], ["pot.id"], name=op.f("fk_replay_pot_id_pot"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pot_id", name=op.f("pk_replay")),
    )
    op.create_table(
        "outcome_line",
        sa.Column("outcome_id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("funded", sa.Boolean(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("score", sa.String(length=40), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outcome_id"], ["outcome.id"], name=op.f("fk_outcome_line_outcome_id_outcome"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_outcome_line_proposal_id_proposal"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("outcome_id", "proposal_id", name=op.f("pk_outcome_line")),
    )


def downgrade() -> None:
    op.drop_table("outcome_line")
    op.drop_table("replay")
    op.drop_table("proposal")
    op.drop_table("outcome")
    op.drop_table("ballot_count")
    with op.batch_alter_table("pot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pot_ward_id"))

    op.drop_table("pot")
    with op.batch_alter_table("postcode", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_postcode_ward_id"))

    op.drop_table("postcode")
    with op.batch_alter_table("baseline_count", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_baseline_count_ward_id"))

    op.drop_table("baseline_count")
    with op.batch_alter_table("ward", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ward_borough_id"))

    op.drop_table("ward")
    with op.batch_alter_table("baseline", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_baseline_one_current", sqlite_where=sa.text("is_current"), postgresql_where=sa.text("is_current")
        )

    op.drop_table("baseline")
    op.drop_table("round")
    op.drop_table("borough")
