"""wards that are looked at together"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(  # in one statement: SQLite's batch mode would rebuild `pot`
        "ALTER TABLE pot ADD COLUMN cluster VARCHAR(80) DEFAULT '' NOT NULL "
        "CONSTRAINT ck_pot_cluster CHECK (cluster = '' OR ward_id IS NOT NULL)"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE pot DROP COLUMN cluster")
