"""a caveat beside a result"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("publication", sa.Column("caveat", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    op.execute("ALTER TABLE publication DROP COLUMN caveat")
