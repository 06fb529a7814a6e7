import csv
import io
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pbudget.db import transaction
from pbudget.kit.errors import BadInput
from pbudget.roll import queries
from pbudget.roll.cli import roll
from pbudget.roll.generating import code_file, generate_codes, start_batch
from pbudget.roll.identify import identify
from pbudget.rounds.models import Round
from tests.roll.building import FIRST, add_entries


def run(*arguments: str | Path, **given: str) -> Result:
    result = CliRunner().invoke(roll, [str(argument) for argument in arguments], **given)
    if isinstance(result.exception, BadInput):
        raise result.exception
    assert result.exception is None, result.exception
    return result


def write(folder: Path, *rows: str) -> Path:
    path = folder / "roll.csv"
    path.write_text("\n".join(["ward_code,name,age", *rows]) + "\n")
    return path


def test_from_a_file_to_the_printers_file(sqlite_stage, tmp_path):
    said = run("import", "test-2027", write(tmp_path, f"{FIRST},Test One,40", f"{FIRST},Test Two,50")).output
    assert "This is a roll of people: 2 rows that can be used, 2 codes in 1 ward." in said
    assert "2 rows loaded, 2 codes to be made." in said
    said = run("codes", "test-2027").output
    batch, passphrase = re.search(r"batch (\d+), passphrase (\S+)", said).groups()
    out = tmp_path / "letters.csv"
    run("letters", "test-2027", batch, out, "--delete", input=passphrase + "\n")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [row["line_1"] for row in rows] == ["Test One", "Test Two"]
    assert identify(sqlite_stage.round_id, rows[1]["code"], "192.0.2.7")
    assert not code_file(int(batch)).path.exists()


def test_a_name_that_ends_in_pdf_gets_pdf(sqlite_stage, tmp_path, monkeypatch):
    monkeypatch.setattr("pbudget.roll.typesetting.LETTERS_IN_A_PDF", 2)
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], 3, name="Test One", address="1 Test Road")
    started = start_batch(sqlite_stage.round_id, sqlite_stage.wards[FIRST])
    generate_codes(started.id)
    written = ["letters", "test-2027", str(started.id), tmp_path / "ward.pdf"]
    said = run(*written, "--large", input=started.passphrase + "\n").output
    assert "3 letters written to" in said
    assert [path.name for path in sorted(tmp_path.glob("*.pdf"))] == ["ward-1.pdf", "ward-2.pdf"]
    for path in tmp_path.glob("*.pdf"):
        assert path.read_bytes().startswith(b"%PDF")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(BadInput, match=r"ward-1\.pdf is there already"):
        run(*written, input=started.passphrase + "\n")


def test_a_dry_run_loads_nothing(sqlite_stage, tmp_path):
    said = run("import", "test-2027", write(tmp_path, f"{FIRST},Test One,40"), "--dry-run").output
    assert "This was a dry run" in said
    assert queries.roll_files(sqlite_stage.round_id) == []


def test_problems_are_named_by_row_and_nothing_is_loaded(sqlite_stage, tmp_path):
    path = write(tmp_path, f"{FIRST},Test One,15", "X99000009,Test Two,40")
    with pytest.raises(BadInput, match="was not loaded"):
        run("import", "test-2027", path)
    assert queries.roll_files(sqlite_stage.round_id) == []
    run("import", "test-2027", write(tmp_path, f"{FIRST},Test One,15"), "--youngest", "11")


def test_the_roll_of_an_open_round_is_not_loaded_by_one_person(sqlite_stage, tmp_path):
    with transaction() as session:
        session.get(Round, sqlite_stage.round_id).phase = "open"
    with pytest.raises(BadInput, match="two officers"):
        run("import", "test-2027", write(tmp_path, f"{FIRST},Test One,40"))


def test_what_is_not_there_is_named(sqlite_stage, tmp_path):
    with pytest.raises(BadInput, match="no round nowhere"):
        run("codes", "nowhere")
    with pytest.raises(BadInput, match="has no roll"):
        run("codes", "test-2027")
    with pytest.raises(BadInput, match="no batch 7"):
        run("letters", "test-2027", "7", tmp_path / "out.csv", input="x\n")


def test_a_batch_cut_short_is_continued_and_purging_keeps_it(sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], 2)
    started = start_batch(sqlite_stage.round_id, sqlite_stage.wards[FIRST])
    run("purge")
    assert "2 codes made" in run("continue", str(started.id)).output


def test_test_letters_are_made_for_a_ward_that_has_its_letters(sqlite_stage):
    add_entries(sqlite_stage.round_id, sqlite_stage.wards[FIRST], 2)
    generate_codes(start_batch(sqlite_stage.round_id, sqlite_stage.wards[FIRST]).id)
    assert "2 codes made" in run("codes", "test-2027", "--test", "--ward", FIRST).output
