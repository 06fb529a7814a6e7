"""links to e-mail addresses"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_link",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(digest) = 64 AND length(mark) = 64", name=op.f("ck_contact_link_digests")),
        sa.CheckConstraint("length(sealed) = 48", name=op.f("ck_contact_link_sealed_slot")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_contact_link_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "digest", name=op.f("pk_contact_link")),
    )
    op.create_index("ix_contact_link_mark", "contact_link", ["round_id", "mark"])
    op.create_table(
        "used_link",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("forget_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("length(mark) = 64", name=op.f("ck_used_link_mark_is_a_digest")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["round.id"], name=op.f("fk_used_link_round_id_round"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("round_id", "mark", name=op.f("pk_used_link")),
    )


def downgrade() -> None:
    op.drop_table("used_link")
    op.drop_table("contact_link")
