"""more time at the closing time"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = (
    ("extension_days", sa.Integer(), "extension_days BETWEEN 1 AND 28"),
    ("decide_by", sa.DateTime(), "decide_by IS NULL OR extension_days IS NOT NULL"),
)
"""Name, type and CHECK of each new column of `round`."""


def upgrade() -> None:
    dialect = op.get_bind().dialect
    for name, kind, check in COLUMNS:  # in one statement each: SQLite's batch mode would rebuild `round`
        typed = kind.compile(dialect=dialect)
        op.execute(f"ALTER TABLE round ADD COLUMN {name} {typed} CONSTRAINT ck_round_{name} CHECK ({check})")


def downgrade() -> None:
    for name, *_ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE round DROP COLUMN {name}")
