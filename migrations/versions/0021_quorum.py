"""how many must take part"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COLUMNS = (
    ("quorum_votes", 100, "quorum_votes BETWEEN 1 AND 1000000"),
    ("quorum_per_thousand", 20, "quorum_per_thousand BETWEEN 0 AND 500"),
)
"""Name, what rounds that are there get, and CHECK of each new column of `round`."""


def upgrade() -> None:
    for name, value, check in COLUMNS:  # in one statement each: SQLite's batch mode would rebuild `round`
        op.execute(
            f"ALTER TABLE round ADD COLUMN {name} INTEGER DEFAULT '{value}' NOT NULL "
            f"CONSTRAINT ck_round_{name} CHECK ({check})"
        )


def downgrade() -> None:
    for name, *_ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE round DROP COLUMN {name}")
