"""Given everything but the keys, nobody does better than chance at saying who cast which ballot."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from pbudget.ballots.queries import key_ids_of
from pbudget.db import db
from pbudget.keys.actions import destroy_keys, load_key
from pbudget.keys.rules import slot_of
from pbudget.roll.actions import delete_roll
from tests.ballots.voter import Voter
from tests.faults.linker import Evidence, Question, commits_of, guesses, read_tables
from tests.support.open_round import open_round

VOTERS = 30
MOST_BY_CHANCE = 10.0
"""Right guesses of one way of guessing. By chance it is one on average; ten or more come once in ten million."""
WHO_VOTED = Question(
    "roll_entry", "id", {"voting_code": "roll_entry_id"}, "ledger_entry", "leaf", kept={"kind": "ballot"}
)


class LongReader:
    """Somebody reads an SQLite database all the time, so that its log keeps every commit."""

    def __enter__(self) -> "LongReader":
        self.connection = db.engine.connect()
        self.connection.execute(text("SELECT count(*) FROM roll_entry"))
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()


def everybody_votes(vote) -> dict[str, str]:
    """Every letter is used once, in an order of its own; the leaf of each voter's ballot."""
    order = random.Random(5).sample(range(VOTERS), VOTERS)
    for number in order:
        with vote.app.app_context():
            voter = Voter(vote.app, vote)
            voter.begin(vote.codes[number])
            voter.fill("riverside", ("skate", "pocket", "swings")[number % 3])
            voter.cast()
    key = key_of(vote)
    db.session.rollback()
    rows = db.session.execute(text("SELECT slot, leaf FROM ledger_entry WHERE kind = 'ballot'")).all()
    leaves = {row.slot: row.leaf for row in rows}
    return {entry: leaves[slot_of(key, f"roll:{entry}")] for entry in vote.entries}


def key_of(vote) -> bytes:
    """The key that makes slots."""
    ids = key_ids_of(vote.id)
    assert ids is not None
    return load_key(vote.app.extensions["settings"].keys_folder, vote.slug, "round", ids)


def evidence(instance: Path, before: bytes, log: str) -> Evidence:
    """What lies about: the tables as they are, the log, and on SQLite every commit since `before`."""
    with db.engine.connect() as connection:
        tables = read_tables(connection)
    wal = instance / "pbudget.sqlite-wal"
    commits = commits_of(before, wal.read_bytes()) if before else []
    return Evidence(tables, log.splitlines(), commits)


def file_now(app, instance: Path) -> bytes:
    """An SQLite file with nothing left in its log; nothing on PostgreSQL."""
    if db.engine.dialect.name != "sqlite":
        return b""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return (instance / "pbudget.sqlite").read_bytes()


@pytest.fixture
def voted(app, tmp_path, capsys):
    """A round in which everybody voted: the round, who cast which ballot, and the evidence."""
    vote = open_round(app, letters=VOTERS)
    db.session.remove()
    before = file_now(app, tmp_path)
    capsys.readouterr()
    with LongReader():
        truth = everybody_votes(vote)
        found = evidence(tmp_path, before, capsys.readouterr().err)
    return vote, truth, found


def test_a_linker_does_no_better_than_chance_without_the_key_and_joins_everybody_with_it(voted):
    vote, truth, found = voted
    right = guesses(found, WHO_VOTED, truth)
    assert len(right) > 100, "hardly a way of guessing was tried"
    assert {way: number for way, number in right.items() if number >= MOST_BY_CHANCE} == {}
    assert sum(right.values()) / len(right) < 2.0
    for certain in ("rows of one transaction", "values in common", "pages of one commit"):
        assert right[certain] == 0, certain
    if db.engine.dialect.name == "sqlite":
        assert len(found.commits) > VOTERS, "the log did not keep the commits, so nothing was tried"
    assert len(found.lines) > VOTERS
    for row in found.tables["roll_entry"]:
        row["slot"] = slot_of(key_of(vote), f"roll:{row['id']}")
    assert guesses(found, WHO_VOTED, truth)["values in common"] == VOTERS


def test_after_sealing_a_backup_with_the_roll_helps_nobody(voted, tmp_path):
    vote, truth, found = voted
    keys = vote.app.extensions["settings"].keys_folder
    secrets = [path.read_text().strip() for path in (keys / vote.slug).glob("*.key")]
    assert len(secrets) == 3
    delete_roll(vote.id)
    destroy_keys(keys, vote.slug)
    db.session.remove()
    file_now(vote.app, tmp_path)
    with db.engine.connect() as connection:
        now = read_tables(connection)
    assert now["roll_entry"] == now["voting_code"] == []
    kept = {name: found.tables[name] for name in ("roll_entry", "voting_code")}  # from a backup
    right = guesses(Evidence({**now, **kept}, found.lines, found.commits), WHO_VOTED, truth)
    assert max(right.values()) < MOST_BY_CHANCE
    assert right["values in common"] == 0
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not [secret for secret in secrets if secret.encode() in everything or bytes.fromhex(secret) in everything]
    if db.engine.dialect.name == "sqlite":
        gone = [entry for entry in vote.entries if entry.encode() in everything]
        assert gone == [], "the roll is still in the free pages of the file"


LEAKS = {
    "values in common": "a token in both",
    "rows of one transaction": "both in one transaction",
    "pages of one commit": "both in one transaction",
    "leaky_turnout.number beside seq": "a list of who has voted",
}


def test_the_same_linker_finds_everybody_in_a_system_that_leaks(app, tmp_path):
    truth = {f"voter{number:08x}": f"ballot{number * 7919:08x}" for number in range(VOTERS)}
    with db.engine.connect().execution_options(writing=True) as connection:
        make_leaky_tables(connection, truth)
        connection.commit()
    db.session.remove()
    before = file_now(app, tmp_path)
    try:
        with LongReader():
            for place, voter in enumerate(random.Random(7).sample(sorted(truth), VOTERS)):
                with db.engine.connect().execution_options(writing=True) as connection:
                    vote_in_a_leaky_way(connection, voter, truth[voter], place)
                    connection.commit()
            found = evidence(tmp_path, before, "")
        leaky = Question("leaky_roll", "id", {"leaky_turnout": "voter"}, "leaky_ballot", "id")
        right = guesses(found, leaky, truth)
    finally:
        with db.engine.connect().execution_options(writing=True) as connection:
            for name in ("leaky_roll", "leaky_turnout", "leaky_ballot"):
                connection.execute(text(f"DROP TABLE {name}"))
            connection.commit()
    engine = db.engine.dialect.name
    one_commit = "pages of one commit" if engine == "sqlite" else "rows of one transaction"
    for way in ("values in common", one_commit, "leaky_turnout.number beside seq"):
        assert right[way] >= VOTERS / 4, f"the linker does not see {LEAKS[way]}"
    assert right["values in common"] == right["leaky_turnout.number beside seq"] == VOTERS


def make_leaky_tables(connection: Connection, truth: dict[str, str]) -> None:
    """A roll with a mark for who voted, a list of who did, and ballots with a token that stands in the roll too."""
    connection.execute(text("CREATE TABLE leaky_roll (id TEXT, token TEXT, voted INTEGER)"))
    connection.execute(text("CREATE TABLE leaky_turnout (number INTEGER, voter TEXT)"))
    connection.execute(text("CREATE TABLE leaky_ballot (seq INTEGER, id TEXT, token TEXT)"))
    for number, voter in enumerate(sorted(truth)):
        row = {"id": voter, "token": f"token{number:06x}"}
        connection.execute(text("INSERT INTO leaky_roll VALUES (:id, :token, 0)"), row)


def vote_in_a_leaky_way(connection: Connection, voter: str, ballot: str, place: int) -> None:
    """What a plain system does: mark the voter and store the ballot, together."""
    connection.execute(text("UPDATE leaky_roll SET voted = 1 WHERE id = :voter"), {"voter": voter})
    connection.execute(text("INSERT INTO leaky_turnout VALUES (:place, :voter)"), {"place": place, "voter": voter})
    token = connection.execute(text("SELECT token FROM leaky_roll WHERE id = :voter"), {"voter": voter}).scalar_one()
    row = {"place": place, "id": ballot, "token": token}
    connection.execute(text("INSERT INTO leaky_ballot VALUES (:place, :id, :token)"), row)
