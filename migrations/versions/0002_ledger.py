"""ledger"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MILESTONES = "kind IN ('open', 'close', 'annul', 'seal')"

SQLITE = (
    """CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
    """CREATE TRIGGER ledger_entry_next_in_line BEFORE INSERT ON ledger_entry
       WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_entry WHERE round_id = NEW.round_id)
       BEGIN SELECT RAISE(ABORT, 'the ledger takes only the next entry'); END""",
    """CREATE TRIGGER ledger_entry_no_ballot_after_close BEFORE INSERT ON ledger_entry
       WHEN NEW.kind = 'ballot' AND EXISTS (
         SELECT 1 FROM ledger_entry WHERE round_id = NEW.round_id AND kind IN ('open', 'close', 'annul', 'seal')
           AND kind <> 'open')
       BEGIN SELECT RAISE(ABORT, 'voting has closed'); END""",
    """CREATE TRIGGER ledger_checkpoint_no_update BEFORE UPDATE ON ledger_checkpoint
       BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END""",
    """CREATE TRIGGER ledger_checkpoint_no_delete BEFORE DELETE ON ledger_checkpoint
       BEGIN SELECT RAISE(ABORT, 'checkpoints are append-only'); END""",
    """CREATE TRIGGER ledger_head_one_step BEFORE UPDATE ON ledger_head
       WHEN NEW.seq IS NOT OLD.seq + 1 OR NEW.round_id IS NOT OLD.round_id OR NEW.name IS NOT OLD.name
         OR NEW.manifest IS NOT OLD.manifest OR NEW.genesis IS NOT OLD.genesis
       BEGIN SELECT RAISE(ABORT, 'a head moves on by one entry'); END""",
    """CREATE TRIGGER ledger_head_no_delete BEFORE DELETE ON ledger_head
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""",
)

POSTGRESQL_FUNCTIONS = (
    """CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$""",
    """CREATE FUNCTION ledger_entry_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF NEW.seq IS DISTINCT FROM
         (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_entry WHERE round_id = NEW.round_id) THEN
         RAISE EXCEPTION 'the ledger takes only the next entry';
       END IF;
       IF NEW.kind = 'ballot' AND EXISTS (
         SELECT 1 FROM ledger_entry WHERE round_id = NEW.round_id AND kind IN ('open', 'close', 'annul', 'seal')
           AND kind <> 'open') THEN
         RAISE EXCEPTION 'voting has closed';
       END IF;
       RETURN NEW; END $$""",
    """CREATE FUNCTION ledger_head_check() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF (NEW.seq, NEW.round_id, NEW.name, NEW.manifest, NEW.genesis) IS DISTINCT FROM
         (OLD.seq + 1, OLD.round_id, OLD.name, OLD.manifest, OLD.genesis) THEN
         RAISE EXCEPTION 'a head moves on by one entry';
       END IF;
       RETURN NEW; END $$""",
)
POSTGRESQL_TRIGGERS = (
    ("ledger_entry", "no_change", "BEFORE UPDATE OR DELETE", "ROW", "ledger_refuse"),
    ("ledger_entry", "no_truncate", "BEFORE TRUNCATE", "STATEMENT", "ledger_refuse"),
    ("ledger_entry", "next_in_line", "BEFORE INSERT", "ROW", "ledger_entry_check"),
    ("ledger_checkpoint", "no_change", "BEFORE UPDATE OR DELETE", "ROW", "ledger_refuse"),
    ("ledger_checkpoint", "no_truncate", "BEFORE TRUNCATE", "STATEMENT", "ledger_refuse"),
    ("ledger_head", "one_step", "BEFORE UPDATE", "ROW", "ledger_head_check"),
    ("ledger_head", "no_delete", "BEFORE DELETE", "ROW", "ledger_refuse"),
    ("ledger_head", "no_truncate", "BEFORE TRUNCATE", "STATEMENT", "ledger_refuse"),
)


def upgrade() -> None:
    op.create_table(
        "ledger_head",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("manifest", sa.Text(), nullable=False),
        sa.Column("genesis", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_ledger_head_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_ledger_head")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("entry_id", sa.String(length=32), nullable=False),
        sa.Column("idem", sa.String(length=64), nullable=True),
        sa.Column("slot", sa.String(length=64), nullable=True),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("leaf", sa.String(length=64), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('open', 'close', 'annul', 'seal', 'ballot', 'amend', 'roll', 'extend', 'tally', 'publish',"
            " 'checkpoint', 'reconcile')",
            name=op.f("ck_ledger_entry_kind"),
        ),
        sa.CheckConstraint("seq >= 1", name=op.f("ck_ledger_entry_seq")),
        sa.CheckConstraint(
            "CASE WHEN kind = 'ballot' THEN slot IS NOT NULL AND nonce IS NOT NULL AND payload IS NOT NULL"
            " AND idem IS NOT NULL AND body IS NULL ELSE slot IS NULL AND nonce IS NULL AND payload IS NULL"
            " AND idem IS NULL AND body IS NOT NULL END",
            name=op.f("ck_ledger_entry_columns_of_its_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ledger_head.round_id"], name=op.f("fk_ledger_entry_round_id_ledger_head")
        ),
        sa.PrimaryKeyConstraint("round_id", "seq", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_ledger_entry_entry_id")),
        sa.UniqueConstraint("head", name=op.f("uq_ledger_entry_head")),
        sa.UniqueConstraint("idem", name=op.f("uq_ledger_entry_idem")),
    )
    op.create_index("ix_ledger_entry_slot", "ledger_entry", ["round_id", "slot"])
    op.create_index("ix_ledger_entry_leaf", "ledger_entry", ["round_id", "leaf"])
    op.create_index(
        "uq_ledger_entry_milestone",
        "ledger_entry",
        ["round_id", "kind"],
        unique=True,
        sqlite_where=sa.text(MILESTONES),
        postgresql_where=sa.text(MILESTONES),
    )
    op.create_table(
        "ledger_checkpoint",
        sa.Column("round_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("utc", sa.String(length=20), nullable=False),
        sa.Column("signature", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"], ["ledger_head.round_id"], name=op.f("fk_ledger_checkpoint_round_id_ledger_head")
        ),
        sa.PrimaryKeyConstraint("round_id", "size", name=op.f("pk_ledger_checkpoint")),
    )
    protect()


def protect() -> None:
    """What keeps the tables append-only, in each engine's own words."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
        return
    for statement in POSTGRESQL_FUNCTIONS:
        op.execute(statement)
    for table, name, when, level, function in POSTGRESQL_TRIGGERS:
        trigger = f"{table}_{name}"
        op.execute(f"CREATE TRIGGER {trigger} {when} ON {table} FOR EACH {level} EXECUTE FUNCTION {function}()")
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")


def downgrade() -> None:
    refuse_to_lose_a_ledger()
    op.drop_table("ledger_checkpoint")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_head")
    if op.get_bind().dialect.name == "postgresql":
        for function in ("ledger_refuse", "ledger_entry_check", "ledger_head_check"):
            op.execute(f"DROP FUNCTION {function}()")


def refuse_to_lose_a_ledger() -> None:
    """A demonstration's ledger may go; a real one never."""
    real = "SELECT COUNT(*) FROM ledger_head JOIN round ON round.id = ledger_head.round_id WHERE NOT round.is_demo"
    if op.get_bind().execute(sa.text(real)).scalar():
        raise RuntimeError(
            "The database holds the ledger of a real round, which this step back would destroy. Nothing was changed. "
            "Keep this version, or restore a backup taken before the round opened."
        )
