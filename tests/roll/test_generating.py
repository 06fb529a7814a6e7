import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pbudget.config import ROOT
from pbudget.db import db
from pbudget.roll import generating, letter_queries, queries
from pbudget.roll.codefile import CodeFileMissing, PassphraseWrong, make_passphrase
from pbudget.roll.generating import (
    BatchInTheMaking,
    BatchNotFound,
    NothingToMake,
    StartedBatch,
    code_file,
    confirm_download,
    generate_codes,
    purge_code_files,
    spoil_batch,
    start_batch,
)
from pbudget.roll.identify import VotingCodeReplaced, identify
from pbudget.roll.letters import letters_of
from pbudget.roll.models import RollEntry, VotingCode
from pbudget.roll.rules.codes import Code
from tests.roll.building import CHEAP, FIRST, SECOND, add_code, add_entries, add_round

HOME = "192.0.2.7"


def make(stage, ward: str = FIRST, kind: str = "letters") -> StartedBatch:
    started = start_batch(stage.round_id, stage.wards[ward], kind)
    generate_codes(started.id)
    return started


def live_codes() -> int:
    return db.session.scalar(select(func.count()).where(VotingCode.state == "live"))


def test_every_entry_of_the_ward_gets_a_code_that_leads_to_it(stage):
    ids = add_entries(stage.round_id, stage.wards[FIRST], 40)
    add_entries(stage.round_id, stage.wards[SECOND], 2)
    started = make(stage)
    letters = letters_of(started.id, started.passphrase)
    assert len(letters) == started.codes == 40
    found = [identify(stage.round_id, letter.code, HOME).id for letter in letters]
    assert found == ids, "letters come in the order of the file, each with its own code"
    assert live_codes() == 40


def test_progress_is_told_up_to_the_last_code(stage, monkeypatch):
    monkeypatch.setattr(generating, "HASHES_A_CORE", 1)
    monkeypatch.setattr("pbudget.roll.hashing.cores", lambda: 2)
    add_entries(stage.round_id, stage.wards[FIRST], 5)
    told = []
    started = start_batch(stage.round_id, stage.wards[FIRST])
    assert generate_codes(started.id, lambda done, total: told.append((done, total))) == 5
    assert told == [(2, 5), (4, 5), (5, 5)]


def test_a_ward_whose_everybody_has_a_code_gets_no_second_letters(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 2)
    make(stage)
    for ward in (FIRST, SECOND):
        with pytest.raises(NothingToMake):
            start_batch(stage.round_id, stage.wards[ward])


def test_late_entries_get_letters_of_their_own(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 2)
    make(stage)
    (late,) = add_entries(stage.round_id, stage.wards[FIRST])
    started = make(stage)
    assert [
        identify(stage.round_id, letter.code, HOME).id for letter in letters_of(started.id, started.passphrase)
    ] == [late]


def test_letters_of_one_ward_are_made_one_batch_at_a_time(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 2)
    start_batch(stage.round_id, stage.wards[FIRST])
    with pytest.raises(BatchInTheMaking):
        start_batch(stage.round_id, stage.wards[FIRST])


class Killed(BaseException):
    """What kill -9 leaves behind, without the killing."""


@pytest.mark.parametrize("where", ["before the file", "between file and database", "after the database"])
def test_killed_anywhere_and_begun_again_every_entry_has_exactly_one_code(stage, monkeypatch, where):
    monkeypatch.setattr(generating, "HASHES_A_CORE", 1)
    add_entries(stage.round_id, stage.wards[FIRST], 9)
    started = start_batch(stage.round_id, stage.wards[FIRST])

    def kill(*_args: object) -> None:
        raise Killed

    with monkeypatch.context() as once, pytest.raises(Killed):
        if where == "before the file":
            once.setattr("pbudget.roll.codefile.CodeFile.append", kill)
        elif where == "between file and database":
            once.setattr(generating, "_store", kill)
        generate_codes(started.id, kill)
    assert generate_codes(started.id) == 9
    letters = letters_of(started.id, started.passphrase)
    assert len({letter.code for letter in letters}) == len(letters) == live_codes() == 9
    assert {identify(stage.round_id, letter.code, HOME).id for letter in letters} == set(
        queries.entry_ids(stage.round_id)
    )


def test_a_process_killed_with_kill_9_is_continued_by_the_next(sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], 120)
    del sqlite_stage.app.extensions["scrypt_cost"]  # the real hash, so that there is time to kill
    started = start_batch(sqlite_stage.round_id, sqlite_stage.wards[FIRST])
    process = generating_elsewhere(sqlite_stage.app.extensions["settings"].instance, started.id)
    while letter_queries.codes_of_batch(started.id) == 0:
        db.session.rollback()
        assert process.poll() is None, "the process ended before it could be killed"
        time.sleep(0.01)
    process.kill()
    process.wait()
    db.session.rollback()
    before = letter_queries.codes_of_batch(started.id)
    assert 0 < before < 120
    sqlite_stage.app.extensions["scrypt_cost"] = CHEAP
    assert generate_codes(started.id) == 120
    letters = letters_of(started.id, started.passphrase)
    assert len({letter.code for letter in letters}) == len({letter.reference for letter in letters}) == 120


def generating_elsewhere(instance: Path, batch_id: int) -> subprocess.Popen:
    script = (
        "import sys; from app import create_app; from pbudget.roll.generating import generate_codes\n"
        "with create_app().app_context(): generate_codes(int(sys.argv[1]))"
    )
    environment = {"PBUDGET_INSTANCE": str(instance), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", script, str(batch_id)], env=environment, cwd=ROOT)


def test_a_code_an_officer_gave_out_meanwhile_is_left_alone(stage, monkeypatch):
    monkeypatch.setattr(generating, "HASHES_A_CORE", 4)
    ids = add_entries(stage.round_id, stage.wards[FIRST], 6)
    started = start_batch(stage.round_id, stage.wards[FIRST])
    real = generating._prepare
    given = []

    def faster_officer(entry_ids, used, pool):
        if not given:
            given.append(add_code(stage.round_id, ids[2]))
        return real(entry_ids, used, pool)

    monkeypatch.setattr(generating, "_prepare", faster_officer)
    assert generate_codes(started.id) == 5
    assert identify(stage.round_id, given[0].grouped, HOME).id == ids[2]
    assert len(letters_of(started.id, started.passphrase)) == 5


def test_selectors_are_unique_in_a_round_and_void_ones_are_not_used_again(stage, monkeypatch):
    entry, _ = add_entries(stage.round_id, stage.wards[FIRST], 2)
    old = add_code(stage.round_id, entry, state="void", why_void="returned")
    from pbudget.roll.rules import codes

    number = next(n for n in range(codes.SELECTORS) if codes.selector_at(n) == old.selector)
    drawn = iter([number, number, 5, 6, 7])
    monkeypatch.setattr("pbudget.roll.generating.secrets.randbelow", lambda _: next(drawn))
    started = make(stage)
    assert {letter.reference for letter in letters_of(started.id, started.passphrase)} == {
        codes.selector_at(5),
        codes.selector_at(6),
    }


def test_when_every_reference_is_used_up_it_says_so(monkeypatch):
    monkeypatch.setattr(generating, "SELECTORS", 2)
    with pytest.raises(generating.SelectorsUsedUp, match="No more codes"):
        generating._new_selector({"0000", "0001"})


def test_test_letters_cannot_vote_and_leave_the_real_ones_to_be_made(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 7)
    started = make(stage, kind="test")
    letters = letters_of(started.id, started.passphrase)
    assert len(letters) == 5
    with pytest.raises(VotingCodeReplaced, match="test letter"):
        identify(stage.round_id, letters[0].code, HOME)
    assert make(stage).codes == 7


def test_a_spoiled_batch_is_void_and_made_again_with_other_codes(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 3)
    first = make(stage)
    old = letters_of(first.id, first.passphrase)
    assert spoil_batch(first.id) == 3
    assert not code_file(first.id).path.exists()
    with pytest.raises(VotingCodeReplaced, match="newer letter"):
        identify(stage.round_id, old[0].code, HOME)
    second = make(stage)
    new = letters_of(second.id, second.passphrase)
    assert {letter.code for letter in old} & {letter.code for letter in new} == set()
    assert identify(stage.round_id, new[0].code, HOME)


def test_a_batch_voided_while_it_is_made_gets_no_more_codes(stage, monkeypatch):
    monkeypatch.setattr(generating, "HASHES_A_CORE", 1)
    add_entries(stage.round_id, stage.wards[FIRST], 8)
    started = start_batch(stage.round_id, stage.wards[FIRST])
    with pytest.raises((BatchNotFound, CodeFileMissing)):
        generate_codes(started.id, lambda *_: spoil_batch(started.id))
    assert live_codes() == 0


def test_the_plain_codes_go_when_the_download_is_confirmed(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 1)
    started = make(stage)
    confirm_download(started.id)
    assert not code_file(started.id).path.exists()
    assert letter_queries.batch(started.id).state == "delivered"
    with pytest.raises(CodeFileMissing):
        letters_of(started.id, started.passphrase)
    with pytest.raises(BatchNotFound):
        confirm_download(started.id)
    with pytest.raises(BatchNotFound):
        generate_codes(started.id)


def test_the_plain_codes_go_after_24_hours_and_so_do_files_nobody_knows(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 1)
    started = make(stage)
    stray = code_file(started.id + 1000)
    stray.create(started.id + 1000, make_passphrase(), generating.scrypt_cost())
    now = stage.clock.now()
    assert purge_code_files(now + timedelta(hours=23)) == 1
    assert not stray.path.exists()
    assert code_file(started.id).path.exists()
    assert purge_code_files(now + timedelta(hours=24)) == 1
    assert not code_file(started.id).path.exists()
    assert letter_queries.batch(started.id).state == "expired"
    assert live_codes() == 1, "letters that were printed stay good"


def test_codes_being_made_are_not_purged(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 1)
    started = start_batch(stage.round_id, stage.wards[FIRST])
    assert purge_code_files(stage.clock.now() + timedelta(days=30)) == 0
    assert generate_codes(started.id) == 1


def test_letters_open_with_their_own_passphrase_only(stage):
    add_entries(stage.round_id, stage.wards[FIRST], 1)
    started = make(stage)
    with pytest.raises(PassphraseWrong):
        letters_of(started.id, make_passphrase())


def test_two_rounds_may_use_the_same_selector(stage):
    (entry,) = add_entries(stage.round_id, stage.wards[FIRST])
    code = add_code(stage.round_id, entry)
    other = add_round("other-2027")
    (elsewhere,) = add_entries(other, stage.wards[FIRST])
    from pbudget.db import transaction

    with transaction() as session:
        session.add(
            VotingCode(
                round_id=other, selector=code.selector, salt=bytes(16), verifier=bytes(32), roll_entry_id=elsewhere
            )
        )
    assert identify(stage.round_id, code.grouped, HOME).id == entry


def test_no_code_is_in_the_database_the_wal_the_logs_or_the_limits_in_clear(sqlite_stage, capfd):
    (entry,) = add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST])
    started = make(sqlite_stage)
    (letter,) = letters_of(started.id, started.passphrase)
    identify(sqlite_stage.round_id, letter.code, HOME)
    secret = letter.code.replace("-", "")[4:12]
    instance = sqlite_stage.app.extensions["settings"].instance
    backup = instance / "backup.sqlite"
    db.session.rollback()
    with closing(sqlite3.connect(instance / "pbudget.sqlite")) as connection:
        connection.execute(f"VACUUM INTO '{backup}'")
    for path in (path for path in instance.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for form in (secret, letter.code, letter.code.replace("-", ""), started.passphrase):
            assert form.encode() not in content, f"{path.name} holds a code or passphrase in clear"
    said = capfd.readouterr()
    assert secret not in said.out + said.err
    assert Code("0000", secret).secret not in repr(letter)
    assert db.session.scalar(select(func.count()).select_from(RollEntry)) == 1
    assert entry
