"""A resident whose every detail is unmistakable votes: the details are in their own columns and nowhere else."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from pbudget.backups.actions import take_backup
from pbudget.backups.copying import connection_environment
from pbudget.ballots.actions import end_draft, start_draft
from pbudget.db import db, transaction
from pbudget.roll.actions import delete_roll
from tests.ballots.voter import Voter
from tests.faults.durable import programs_on_path
from tests.faults.test_linker import file_now
from tests.support.open_round import PotPlan, open_round

PERSON = {
    "name": "Zq7canaryname Test resident 1",
    "address": "Zq7canarystreet 1\nTesttown",
    "postcode": "ZQ7 7ZQ",
    "email": "zq7canarymail@test.example",
}
IDEA = "zq7canaryidea"
SENT = ["Zq7canaryaddressbar", "zq7canaryagent"]
DATABASES = {"pbudget.sqlite", "pbudget.sqlite-wal", "database.sqlite", "database.dump"}
OWN_COLUMNS = {
    "roll_entry": set(PERSON),
    "proposal": {"reference"},
    "ledger_entry": {"payload"},
    "ledger_head": {"manifest"},
    "round": {"manifest"},  # the same one: the names of the proposals, which everybody may read
}


@pytest.fixture
def resident(app, tmp_path, capsys, monkeypatch):
    """Somebody voted, replaced the vote, mistyped a code and looked the reference up; and a backup was taken."""
    monkeypatch.setenv("PATH", programs_on_path())
    pot = PotPlan("riverside", "Riverside", ideas=((IDEA, "A test idea", 2_000_000),))
    vote = open_round(app, letters=2, pots=[pot])
    with transaction() as session:
        columns = ", ".join(f"{name} = :{name}" for name in PERSON)
        session.execute(text(f"UPDATE roll_entry SET {columns} WHERE id = :id"), {**PERSON, "id": vote.entries[0]})
    for _ in range(2):
        voter = Voter(app, vote)
        wrong = vote.codes[0][:-2] + ("00" if not vote.codes[0].endswith("00") else "11")
        voter.post(f"{vote.path}/begin", {"code": wrong}, 422)
        voter.begin(vote.codes[0]).fill("riverside", IDEA)
        voter.cast()
        tracker = voter.tracker()
    voter.post(f"/rounds/{vote.slug}/check-reference", {"reference": tracker}, 200)
    voter.http.get(f"/{SENT[0]}?code={vote.codes[0]}", headers={"User-Agent": SENT[1], "Referer": PERSON["email"]})
    unfinished = Voter(app, vote).begin(vote.codes[1]).fill("riverside", IDEA)
    unfinished.post(f"{vote.path}/end", {}, 303, page=f"{vote.path}/check")
    db.session.remove()
    backup = take_backup(tmp_path / "backups")
    assert backup.problems == []
    return vote, backup.folder, capsys.readouterr().err


def canaries(vote) -> list[str]:
    """Everything that must not be found where it does not belong, codes as written and as typed."""
    details = [part for detail in PERSON.values() for part in detail.splitlines() if part != "Testtown"]
    codes = [form for code in vote.codes for form in (code, code.replace("-", ""), code[:4] + code[5:9])]
    return [*details, IDEA, *SENT, *codes]


def hits(text_or_bytes: str | bytes, vote) -> list[str]:
    """Which canaries are in it, in any case."""
    data = text_or_bytes.encode() if isinstance(text_or_bytes, str) else text_or_bytes
    return [canary for canary in canaries(vote) if canary.lower().encode() in data.lower()]


def test_every_detail_of_a_resident_is_in_its_own_column_and_nowhere_else(resident, tmp_path):
    vote, backup, log = resident
    nothing_is_in_the_log(vote, log)
    columns_are_their_own(vote)
    no_file_has_more(vote, backup, tmp_path)


def nothing_is_in_the_log(vote, log: str) -> None:
    assert len(log.splitlines()) > 10, "there was no log to look at"
    assert hits(log, vote) == []


def columns_are_their_own(vote) -> None:
    found: dict[str, set[str]] = {}
    with db.engine.connect() as connection:
        for table in db.metadata.tables.values():
            for row in connection.execute(table.select()).mappings():
                for column, value in row.items():
                    if hits(value if isinstance(value, bytes) else str(value), vote):
                        found.setdefault(table.name, set()).add(column)
    assert found == OWN_COLUMNS, "a canary is where it does not belong, or was never written"


def no_file_has_more(vote, backup: Path, tmp_path: Path) -> None:
    db.session.remove()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"counts.sqlite", "secret-key", "round.key"} & {path.name for path in files}
    others = [path for path in files if path.name not in DATABASES]
    assert [(path.name, hits(path.read_bytes(), vote)) for path in others if hits(path.read_bytes(), vote)] == []
    assert hits(emptied(backup, tmp_path), vote) == [], "the backup has it somewhere else too"


def emptied(backup: Path, tmp_path: Path) -> bytes:
    """What is left of a database when the columns that may hold such things are emptied."""
    if (backup / "database.sqlite").exists():
        copy = tmp_path / "emptied"
        shutil.copy(backup / "database.sqlite", copy)
        assert IDEA.encode() in copy.read_bytes(), "there was nothing to empty"
        with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute("PRAGMA ignore_check_constraints=ON")
            for table, columns in OWN_COLUMNS.items():
                values = ", ".join(f"{column} = {blank(table, column)}" for column in columns)
                connection.execute(f"UPDATE {table} SET {values}")
            connection.execute("VACUUM")
        return copy.read_bytes()
    url = make_url(db.engine.url.render_as_string(hide_password=False))
    tables = [f"--exclude-table-data={name}" for name in OWN_COLUMNS]
    command = ["pg_dump", "--format=plain", *tables]
    environ = {"PATH": programs_on_path(), **connection_environment(url)}
    return subprocess.run(command, env=environ, capture_output=True, check=True).stdout


def blank(table: str, column: str) -> str:
    """What stands in an emptied column: nothing of a person, and different in each row where it must be."""
    return "'{}'" if table in ("ledger_entry", "ledger_head") else f"'{column}' || rowid"


def test_a_deleted_roll_is_gone_from_the_file_itself(sqlite_app, tmp_path):
    vote = open_round(sqlite_app, letters=2)
    with transaction() as session:
        columns = ", ".join(f"{name} = :{name}" for name in PERSON)
        session.execute(text(f"UPDATE roll_entry SET {columns}"), PERSON)
    db.session.remove()
    assert PERSON["email"].encode() in file_now(sqlite_app, tmp_path)
    delete_roll(vote.id)
    db.session.remove()
    left = file_now(sqlite_app, tmp_path)
    assert [detail for detail in PERSON.values() if detail.encode() in left] == []


def test_a_deleted_draft_is_gone_from_the_file_itself(sqlite_app, tmp_path):
    vote = open_round(sqlite_app)
    drafts = [start_draft(vote.id, f"{number:064x}", vote.wards[0], assurance="code") for number in range(3)]
    db.session.remove()
    assert all(draft.encode() in file_now(sqlite_app, tmp_path) for draft in drafts)
    end_draft(drafts[1])
    db.session.remove()
    left = file_now(sqlite_app, tmp_path)
    assert [draft.encode() in left for draft in drafts] == [True, False, True]
