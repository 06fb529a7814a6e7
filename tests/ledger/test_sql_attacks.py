"""Raw SQL against the ledger: refused while the protections stand, found by `verify` when a superuser lifts them."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from pbudget.db import db, transaction
from pbudget.keys.actions import ids_of, load_key
from pbudget.ledger.actions import append, append_ballot, sign_head
from pbudget.ledger.protection import refuse_changes
from pbudget.ledger.queries import checkpoints_of, database_damage, verify_ledger
from pbudget.ledger.rules import head_after, leaf_of, line_bytes
from tests.conftest import append_only_lifted
from tests.ledger.building import payload
from tests.ledger.bundling import NOON

BALLOTS = 12
COPY = (
    "INSERT{how} INTO ledger_entry (round_id, seq, kind, entry_id, idem, slot, nonce, payload, body, leaf, head)"
    " SELECT round_id, {seq}, {kind}, {entry_id}, {idem}, slot, nonce, payload, body, leaf, {head}"
    " FROM ledger_entry WHERE round_id = :round AND seq = 5"
)
FRESH = {"seq": "14", "kind": "kind", "entry_id": "'new'", "idem": "'new'", "head": "'new'"}


def copy(how: str = "", **kept: str) -> str:
    return COPY.format(how=how, **{**FRESH, **kept})


@pytest.fixture
def voted(round_id) -> int:
    """A round with twelve ballots: entries 2 to 13."""
    with transaction() as session:
        for voter in range(BALLOTS):
            append_ballot(session, round_id, payload(voter), f"token {voter}")
    assert verify_ledger(round_id).size == 13
    return round_id


ANYWHERE = {
    "update a ballot": "UPDATE ledger_entry SET payload = '{{}}' WHERE round_id = :round AND seq = 5",
    "update nothing in particular": "UPDATE ledger_entry SET seq = seq",
    "delete a ballot": "DELETE FROM ledger_entry WHERE round_id = :round AND seq = 5",
    "delete everything": "DELETE FROM ledger_entry",
    "leave a gap": copy(seq="15"),
    "take a place twice": copy(seq="5"),
    "an entry before the first": copy(seq="0"),
    "an id twice": copy(entry_id="entry_id"),
    "a token twice": copy(idem="idem"),
    "a head twice": copy(head="head"),
    "a kind there is not": copy(kind="'gift'"),
    "a ballot called an amendment": copy(kind="'amend'"),
    "move the head back": "UPDATE ledger_head SET seq = 3 WHERE round_id = :round",
    "start from another manifest": "UPDATE ledger_head SET seq = seq + 1, manifest = '{{}}' WHERE round_id = :round",
    "delete the head": "DELETE FROM ledger_head WHERE round_id = :round",
    "delete a checkpoint": "DELETE FROM ledger_checkpoint",
    "update a checkpoint": "UPDATE ledger_checkpoint SET size = 2",
    "change on conflict": copy(entry_id="entry_id") + " ON CONFLICT (entry_id) DO UPDATE SET payload = 'x'",
    "delete the round": "DELETE FROM round WHERE id = :round",
}
ONE_ENGINE = {
    "sqlite": {
        "replace by place": copy(" OR REPLACE", seq="5"),
        "replace by id": copy(" OR REPLACE", entry_id="entry_id"),
        "replace by token": copy(" OR REPLACE", idem="idem"),
        "replace by head": copy(" OR REPLACE", head="head"),
        "replace by milestone": copy(" OR REPLACE", kind="'open'")
        .replace("slot, nonce, payload, body, leaf, 'new'", "NULL, NULL, NULL, '{{}}', leaf, 'new'")
        .replace("'new', 'new', NULL", "'new', NULL, NULL"),
        "replace the head": "REPLACE INTO ledger_head SELECT round_id, name, manifest, genesis, 1, head"
        " FROM ledger_head WHERE true",
        "update or replace": "UPDATE OR REPLACE ledger_entry SET seq = 5 WHERE seq = 6",
    },
    "postgresql": {
        "truncate": "TRUNCATE ledger_entry",
        "truncate with what hangs on it": "TRUNCATE round CASCADE",
        "truncate checkpoints": "TRUNCATE ledger_checkpoint",
        "as a replica": "SET LOCAL session_replication_role = replica; DELETE FROM ledger_entry",
        "truncate as a replica": "SET LOCAL session_replication_role = replica; TRUNCATE ledger_entry",
    },
}


@contextmanager
def unlocked() -> Iterator[Connection]:
    """A connection as any other program would have it: without the lock that ours carry on SQLite."""
    db.session.rollback()
    with db.engine.connect().execution_options(writing=True) as connection:
        if db.engine.dialect.name != "sqlite":
            yield connection
            return
        connection.connection.driver_connection.set_authorizer(None)
        yield connection
        refuse_changes(connection.connection.driver_connection)


def attack(statement: str, round_id: int) -> None:
    """Run statements in one transaction, as whoever owns the tables."""
    with unlocked() as connection:
        for part in statement.replace("{{}}", "{}").split("; "):
            connection.execute(text(part), {"round": round_id} if ":round" in part else {})
        connection.commit()


LEDGER_SQL_ATTACKS = [(engine, name) for engine in ONE_ENGINE for name in {**ANYWHERE, **ONE_ENGINE[engine]}]


@pytest.fixture
def app(request):
    """The engine an attack is for; both, where a test does not say."""
    return request.getfixturevalue(f"{request.param}_app")


@pytest.mark.parametrize(("app", "name"), LEDGER_SQL_ATTACKS, indirect=["app"])
def test_ledger_sql_attacks(voted, name, tmp_path):
    key = load_key(tmp_path / "keys", "spring-2027", "signing", ids_of(tmp_path / "keys", "spring-2027"))
    with transaction() as session:
        sign_head(session, voted, key, NOON)
    before = verify_ledger(voted)
    statement = {**ANYWHERE, **ONE_ENGINE[db.engine.dialect.name]}[name]
    with pytest.raises(DBAPIError):
        attack(statement, voted)
    assert verify_ledger(voted) == before
    assert before.ok
    assert len(checkpoints_of(voted)) == 1


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("kind", ["close", "annul"])
def test_the_database_itself_refuses_a_ballot_after_the_close(voted, kind):
    with transaction() as session:
        append(session, voted, kind, {})
    with pytest.raises(DBAPIError, match="voting has closed"):
        attack(copy(seq="15"), voted)


def test_without_recursive_triggers_a_replace_would_get_through(voted_sqlite):
    """Why PRAGMA recursive_triggers is on: this connection turns it off, and `verify` is what is left."""
    with db.engine.connect().execution_options(writing=False) as connection:
        connection.connection.driver_connection.set_authorizer(None)
        connection.connection.driver_connection.execute("PRAGMA recursive_triggers=off")
        connection.execute(text(copy(" OR REPLACE", entry_id="entry_id")), {"round": voted_sqlite})
        connection.commit()
        connection.connection.driver_connection.execute("PRAGMA recursive_triggers=on")
        refuse_changes(connection.connection.driver_connection)
    found = verify_ledger(voted_sqlite)
    assert (found.ok, found.first_bad_seq) == (False, 5)


LOCKED = (
    "UPDATE ledger_entry SET payload = '{}'",
    "UPDATE ledger_head SET manifest = '{}'",
    "DELETE FROM ledger_entry",
    "DELETE FROM ledger_head",
    "UPDATE ledger_checkpoint SET size = 1",
    "UPDATE guard_decision SET reason = 'x'",
    "DELETE FROM guard_decision",
    "DROP TABLE ledger_entry",
    "DROP TRIGGER ledger_entry_no_update",
    "DROP TRIGGER guard_decision_no_delete",
    "ALTER TABLE ledger_entry ADD COLUMN note TEXT",
    "PRAGMA recursive_triggers=off",
    "PRAGMA writable_schema=on",
)


@pytest.mark.parametrize("statement", LOCKED)
def test_our_own_sqlite_connections_cannot_even_prepare_a_change(sqlite_app, statement):
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="not authorized"):
        connection.execute(text(statement))


@pytest.fixture
def voted_sqlite(sqlite_app, tmp_path) -> int:
    from tests.ledger.conftest import opened

    round_id = opened("spring-2027", tmp_path)
    with transaction() as session:
        for voter in range(BALLOTS):
            append_ballot(session, round_id, payload(voter), f"token {voter}")
    return round_id


@contextmanager
def as_superuser() -> Iterator[Connection]:
    """A connection with every protection of the tables put aside, and put back afterwards."""
    with unlocked() as connection:
        if db.engine.dialect.name == "postgresql":
            with append_only_lifted(connection):
                yield connection
        else:
            kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in kept:
                connection.execute(text(f"DROP TRIGGER {name}"))
            yield connection
            for _, sql in kept:
                connection.exec_driver_sql(sql)
        connection.commit()


def do(*statements: str) -> Callable[[Connection, int], None]:
    def run(connection: Connection, round_id: int) -> None:
        for statement in statements:
            connection.execute(text(statement), {"round": round_id} if ":round" in statement else {})

    return run


def forge(connection: Connection, round_id: int) -> None:
    """Put a ballot of an invented slot in at 5, move the others on and make every fingerprint anew from 5."""
    rows = (
        connection.execute(text("SELECT * FROM ledger_entry WHERE round_id = :round ORDER BY seq"), {"round": round_id})
        .mappings()
        .all()
    )
    connection.execute(text("DELETE FROM ledger_entry WHERE round_id = :round AND seq >= 5"), {"round": round_id})
    head = rows[3]["head"]
    stuffed = {**rows[4], "entry_id": "f" * 32, "idem": "forged", "slot": "e" * 64, "nonce": "0" * 64}
    stuffed["payload"] = rows[4]["payload"].replace(rows[4]["slot"], "e" * 64)
    for seq, row in enumerate([stuffed, *rows[4:]], start=5):
        head = put_forged(connection, {**row, "seq": seq}, head)
    moved = "UPDATE ledger_head SET seq = :seq, head = :head WHERE round_id = :round"
    connection.execute(text(moved), {"seq": seq, "head": head, "round": round_id})


def put_forged(connection: Connection, row: dict, head: str) -> str:
    from pbudget.ledger.rules import commitment

    c = commitment(row["nonce"], row["payload"])
    leaf = leaf_of(line_bytes("spring-2027", row["seq"], "ballot", row["entry_id"], c=c))
    row = {**row, "leaf": leaf, "head": head_after(head, leaf)}
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO ledger_entry ({names}) VALUES ({values})"), row)
    return row["head"]


WHERE = "WHERE round_id = :round AND seq"
TAMPERINGS = {
    "update the choices": (do(f"UPDATE ledger_entry SET payload = replace(payload, '\"a\"', '\"z\"') {WHERE} = 5"), 5),
    "update the slot": (do(f"UPDATE ledger_entry SET slot = '{'e' * 64}' {WHERE} = 5"), 5),
    "add a space": (do(f"UPDATE ledger_entry SET payload = payload || ' ' {WHERE} = 5"), 5),
    "update the nonce": (do(f"UPDATE ledger_entry SET nonce = '{'0' * 64}' {WHERE} = 5"), 5),
    "update the kind's record": (do(f"UPDATE ledger_entry SET body = '{{\"x\"\\:1}}' {WHERE} = 1"), 1),
    "delete one": (do(f"DELETE FROM ledger_entry {WHERE} = 5"), 5),
    "delete the first": (do(f"DELETE FROM ledger_entry {WHERE} = 1"), 1),
    "delete the last three": (do(f"DELETE FROM ledger_entry {WHERE} > 10"), 11),
    "delete all": (do("DELETE FROM ledger_entry WHERE round_id = :round"), 1),
    "swap two": (
        do(
            f"UPDATE ledger_entry SET seq = 99 {WHERE} = 5",
            f"UPDATE ledger_entry SET seq = 5 {WHERE} = 7",
            f"UPDATE ledger_entry SET seq = 7 {WHERE} = 99",
        ),
        5,
    ),
    "close the gap": (
        do(
            f"DELETE FROM ledger_entry {WHERE} = 5",
            *(f"UPDATE ledger_entry SET seq = {seq - 1} {WHERE} = {seq}" for seq in range(6, 14)),
        ),
        5,
    ),
    "insert at the end": (do(copy()), 14),
    "replace one by a copy of another": (
        do(f"UPDATE ledger_entry SET payload = (SELECT payload FROM ledger_entry {WHERE} = 6) {WHERE} = 5"),
        5,
    ),
    "another manifest": (do("UPDATE ledger_head SET manifest = '{}' WHERE round_id = :round"), 1),
    "cut with its head": (
        do(
            f"DELETE FROM ledger_entry {WHERE} > 10",
            "UPDATE ledger_head SET seq = 10, head = (SELECT head FROM ledger_entry WHERE round_id = :round"
            " AND seq = 10) WHERE round_id = :round",
        ),
        11,
    ),
    "a forged ballot with every fingerprint made anew": (forge, 8),
}


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("name", TAMPERINGS)
def test_tamper_with_the_tables_as_superuser_names_the_first_bad_entry(voted, name, tmp_path):
    """The last two agree with themselves; only the checkpoints (at 13, and at 8 from a witness) know better."""
    change, seq = TAMPERINGS[name]
    key = load_key(tmp_path / "keys", "spring-2027", "signing", ids_of(tmp_path / "keys", "spring-2027"))
    kept = signed_at(voted, 8, key)
    with transaction() as session:
        sign_head(session, voted, key, NOON)
    assert verify_ledger(voted, kept).ok
    with as_superuser() as connection:
        change(connection, voted)
    found = verify_ledger(voted, kept)
    assert (found.ok, found.first_bad_seq) == (False, seq), found.reason


def signed_at(round_id: int, size: int, key: bytes):
    from pbudget.ledger.checkpoints import sign
    from pbudget.ledger.queries import entries

    [*_, last] = entries(round_id, up_to=size)
    return sign(key, "spring-2027", size, last.head, NOON)


@pytest.mark.parametrize("app", ["sqlite", "postgresql"], indirect=True)
def test_an_older_copy_of_the_database_is_refused_by_a_kept_checkpoint(voted, tmp_path):
    keys = tmp_path / "keys"
    key = load_key(keys, "spring-2027", "signing", ids_of(keys, "spring-2027"))
    kept = signed_at(voted, 13, key)
    with as_superuser() as connection:
        TAMPERINGS["cut with its head"][0](connection, voted)
    assert verify_ledger(voted).ok, "an older copy is right in itself"
    found = verify_ledger(voted, kept)
    assert (found.ok, found.first_bad_seq) == (False, 11)
    assert "older copy" in found.reason


def test_a_flipped_bit_in_the_database_file_is_found(voted_sqlite, tmp_path):
    """Fault 19: every flip inside a stored ballot is found, by the chain or by SQLite's own check."""
    draw = random.Random(20270320)
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.connection.driver_connection.execute("COMMIT")
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.connection.driver_connection.execute("BEGIN")
    db.session.remove()
    db.engine.dispose()
    file = tmp_path / "pbudget.sqlite"
    whole = file.read_bytes()
    places = [at for at in range(len(whole)) if whole.startswith(b'{"assurance"', at)]
    assert len(places) >= BALLOTS
    for _ in range(100):
        changed = bytearray(whole)
        changed[draw.choice(places) + draw.randrange(150)] ^= 1 << draw.randrange(8)
        file.write_bytes(changed)
        assert not verify_ledger(voted_sqlite).ok or database_damage()
        db.session.remove()
        db.engine.dispose()


def test_a_role_that_may_only_read_and_add_can_vote_and_nothing_else(postgresql_app, tmp_path):
    """The grants of docs/operations.md: the strongest protection, since the web process cannot lift it."""
    from pbudget.config import ROOT
    from tests.ledger.conftest import opened

    round_id = opened("spring-2027", tmp_path)
    grants = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").split("```sql\n")[1].split("```")[0]
    with db.engine.begin() as connection:
        for statement in filter(str.strip, grants.replace("'…'", "'secret'").split(";")):
            connection.execute(text(statement))
    web = create_engine(db.engine.url.set(username="pbudget_web", password="secret"))
    try:
        with web.begin() as connection:
            cast_in_sql(connection, round_id)
        assert verify_ledger(round_id).size == 2
        for statement in FORBIDDEN:
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), web.begin() as connection:
                connection.execute(text(statement))
    finally:
        web.dispose()
        with db.engine.begin() as connection:
            connection.execute(text("DROP OWNED BY pbudget_web"))
            connection.execute(text("DROP ROLE pbudget_web"))


FORBIDDEN = (
    "UPDATE ledger_entry SET payload = '{}'",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "UPDATE ledger_head SET manifest = '{}'",
    "DELETE FROM ledger_head",
    "UPDATE ledger_checkpoint SET size = 1",
    "UPDATE guard_decision SET reason = 'x'",
    "DELETE FROM guard_decision",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_entry_no_change ON ledger_entry",
    "DROP TABLE ledger_entry",
    "SET session_replication_role = replica",
    "CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
)


def cast_in_sql(connection: Connection, round_id: int) -> None:
    """What the actions do, on the web role's own connection."""
    from sqlalchemy.orm import Session

    with Session(connection) as session:
        session.info["writing"] = connection
        append_ballot(session, round_id, payload(), "token")
        session.flush()
