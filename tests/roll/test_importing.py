from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from pbudget.db import db
from pbudget.roll import importing, queries
from pbudget.roll.importing import (
    RollInUse,
    RollNotUsable,
    check_file,
    clear_interrupted_imports,
    discard_import,
    import_roll,
)
from pbudget.roll.models import RollEntry, RollImport
from pbudget.roll.rules.roll_file import RollTerms
from tests.roll.building import FIRST, SECOND, add_code


def named(folder: Path, *names: str, ward: str = FIRST) -> Path:
    path = folder / "roll.csv"
    path.write_text("ward_code,name\n" + "".join(f"{ward},{name}\n" for name in names), encoding="utf-8")
    return path


def entries() -> int:
    return db.session.scalar(select(func.count()).select_from(RollEntry))


@pytest.fixture
def terms(stage) -> RollTerms:
    return RollTerms(stage.wards, {})


def test_each_person_gets_an_entry_of_their_ward(stage, terms, tmp_path):
    done = import_roll(named(tmp_path, "Test One", "Test Two"), stage.round_id, terms)
    assert (done.rows, done.codes, done.kind) == (2, 2, "named")
    assert queries.roll_size_by_ward(stage.round_id) == {stage.wards[FIRST]: 2}
    assert len(queries.entry_ids(stage.round_id)) == len(set(queries.entry_ids(stage.round_id))) == 2


def test_an_address_gets_as_many_entries_as_it_gets_codes(stage, terms, tmp_path):
    path = tmp_path / "roll.csv"
    path.write_text(f"ward_code,address,codes\n{FIRST},1 Test Road,3\n{SECOND},2 Test Road,1\n")
    assert import_roll(path, stage.round_id, terms).codes == 4
    assert queries.roll_size_by_ward(stage.round_id) == {stage.wards[FIRST]: 3, stage.wards[SECOND]: 1}


def test_a_count_only_roll_makes_anonymous_places(stage, terms, tmp_path):
    path = tmp_path / "roll.csv"
    path.write_text(f"ward_code,count\n{FIRST},2500\n")
    import_roll(path, stage.round_id, terms)
    assert queries.roll_size_by_ward(stage.round_id) == {stage.wards[FIRST]: 2500}
    assert db.session.scalar(select(func.count()).where(RollEntry.name.is_not(None))) == 0


def test_progress_is_told_to_the_last_row(stage, terms, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 2)
    told = []
    path = named(tmp_path, "One", "Two", "Three")
    import_roll(path, stage.round_id, terms, progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 3), (3, 3)]


def test_a_file_with_a_bad_row_loads_nothing(stage, terms, tmp_path):
    with pytest.raises(RollNotUsable, match="1 row cannot be used"):
        import_roll(named(tmp_path, "Test One", ""), stage.round_id, terms)
    assert entries() == 0
    assert db.session.scalar(select(func.count()).select_from(RollImport)) == 0


def test_a_second_file_replaces_the_roll(stage, terms, tmp_path):
    import_roll(named(tmp_path, "Test One", "Test Two"), stage.round_id, terms)
    assert import_roll(named(tmp_path, "Test Three"), stage.round_id, terms).replaced == 1
    assert [file.rows for file in queries.roll_files(stage.round_id)] == [1]
    assert entries() == 1, "the replaced entries are deleted"


def test_a_second_file_may_be_added_and_nobody_is_added_twice(stage, terms, tmp_path):
    import_roll(named(tmp_path, "Test One"), stage.round_id, terms)
    import_roll(named(tmp_path, "Test Two"), stage.round_id, terms, adding=True)
    assert queries.roll_size_by_ward(stage.round_id) == {stage.wards[FIRST]: 2}
    with pytest.raises(RollNotUsable, match="on the roll already"):
        import_roll(named(tmp_path, "Test Three", "test one"), stage.round_id, terms, adding=True)
    with pytest.raises(RollNotUsable, match="part of the roll already"):
        import_roll(named(tmp_path, "Test Two"), stage.round_id, terms, adding=True)


def test_a_roll_that_has_codes_is_not_replaced(stage, terms, tmp_path):
    import_roll(named(tmp_path, "Test One"), stage.round_id, terms)
    add_code(stage.round_id, queries.entry_ids(stage.round_id)[0])
    with pytest.raises(RollInUse):
        import_roll(named(tmp_path, "Test Two"), stage.round_id, terms)
    import_roll(named(tmp_path, "Test Two"), stage.round_id, terms, adding=True)


def test_codes_made_while_a_replacement_is_written_stop_it(stage, terms, tmp_path):
    import_roll(named(tmp_path, "Test One"), stage.round_id, terms)
    (entry,) = queries.entry_ids(stage.round_id)
    with pytest.raises(RollInUse):
        import_roll(
            named(tmp_path, "Test Two"),
            stage.round_id,
            terms,
            progress=lambda *_: add_code(stage.round_id, entry),
        )
    assert queries.entry_ids(stage.round_id) == [entry]


def test_a_file_changed_while_it_is_read_loads_nothing(stage, terms, tmp_path):
    path = named(tmp_path, "Test One")
    with pytest.raises(RollNotUsable, match="was changed"):
        import_roll(path, stage.round_id, terms, progress=lambda *_: named(tmp_path, "Test One", "Test Two"))
    assert entries() == 0


class Killed(BaseException):
    """What kill -9 leaves behind, without the killing."""


def test_an_import_cut_short_is_never_seen_and_is_cleared_away_later(stage, terms, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(importing, "discard_import", lambda _: None)

    def kill(done: int, _total: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        import_roll(named(tmp_path, "One", "Two", "Three"), stage.round_id, terms, progress=kill)
    assert entries() == 2, "the test needs an import cut short"
    assert queries.roll_size_by_ward(stage.round_id) == {}
    assert queries.entry_ids(stage.round_id) == []
    monkeypatch.setattr(importing, "discard_import", discard_import)
    assert clear_interrupted_imports() == 0, "it might still be running"
    stage.clock.moment += timedelta(minutes=11)
    assert clear_interrupted_imports() == 1
    assert entries() == 0


def test_an_import_stopped_by_hand_clears_up_after_itself(stage, terms, tmp_path):
    def stop(done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_roll(named(tmp_path, "One"), stage.round_id, terms, progress=stop)
    assert entries() == 0


def test_a_preview_writes_nothing(stage, terms, tmp_path):
    report = check_file(named(tmp_path, "Test One"), stage.round_id, terms)
    assert report.usable
    assert db.session.scalar(select(func.count()).select_from(RollImport)) == 0


def test_a_file_too_large_is_refused_before_it_is_read(stage, terms, tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "LARGEST_FILE", 10)
    with pytest.raises(RollNotUsable, match="at most"):
        check_file(named(tmp_path, "Test One"), stage.round_id, terms)


def test_the_audit_log_says_what_was_loaded_and_names_nobody(stage, terms, tmp_path):
    done = import_roll(named(tmp_path, "Canary Resident"), stage.round_id, terms, actor="officer-1")
    row = db.session.execute(text("SELECT actor, act, detail FROM audit_entry")).one()
    assert (row.actor, row.act) == ("officer-1", "roll loaded")
    assert done.sha256 in row.detail
    assert "Canary" not in row.detail
