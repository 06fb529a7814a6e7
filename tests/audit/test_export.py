"""The auditor's download: the whole log, checked by a program that needs no installation, and safe in a spreadsheet."""

import ast
import csv
import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import pbudget.audit.verify_alone as alone
from pbudget.audit.export import write_export
from pbudget.audit.queries import verify
from pbudget.db import transaction
from tests.audit.test_chain import record, write
from tests.support.pages import PageClient
from tests.support.staff import sign_in


def unpacked(folder: Path, labels: dict[str, str] | None = None) -> Path:
    file = io.BytesIO()
    write_export(file, "Test council", labels or {})
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
    return folder


def run(folder: Path, *arguments: Path) -> subprocess.CompletedProcess:
    program = [sys.executable, "-I", folder / "verify.py", *arguments]
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_the_download_is_checked_without_installing_anything(app, tmp_path):
    write(7)
    with transaction() as session:
        record(session, "officer-id", "round named", "Zoë’s “spring” round \u202e😀", reason="é\u2028\\", yes=True)
    done = run(unpacked(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert f"8 entries, last head {verify().head}" in done.stdout
    assert verify().head in (tmp_path / "README.txt").read_text(encoding="utf-8")


def test_an_empty_log_can_be_downloaded_and_checked(app, tmp_path):
    done = run(unpacked(tmp_path))
    assert done.returncode == 0
    assert "0 entries" in done.stdout


def test_any_change_of_the_file_is_found(sqlite_app, tmp_path):
    write(12)
    path = unpacked(tmp_path) / "audit.jsonl"
    whole = path.read_bytes()
    drawn = random.Random(2027)
    for _ in range(200):
        at, bit = drawn.randrange(len(whole)), 1 << drawn.randrange(8)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :])
        changed = [json.dumps(each) for each in _parsed(path)] != [json.dumps(each) for each in _parsed_text(whole)]
        assert (alone.main([str(path)]) == 1) is changed, f"byte {at}, bit {bit}"
    rows = whole.splitlines(keepends=True)
    for wrong in (rows[1:], rows[:3] + rows[4:], [rows[1], rows[0], *rows[2:]], [*rows, rows[-1]]):
        path.write_bytes(b"".join(wrong))
        assert alone.main([str(path)]) == 1


def _parsed(path: Path) -> list:
    return _parsed_text(path.read_bytes())


def _parsed_text(text: bytes) -> list:
    try:
        return [json.loads(line) for line in text.splitlines()]
    except ValueError:
        return ["cannot be read"]


def test_entries_cut_off_at_the_end_are_found_against_an_earlier_copy(sqlite_app, tmp_path, capsys):
    write(5)
    path = unpacked(tmp_path) / "audit.jsonl"
    earlier = tmp_path / "earlier.jsonl"
    earlier.write_bytes(path.read_bytes())
    assert alone.main([str(path), str(earlier)]) == 0
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:3]))
    assert alone.main([str(path)]) == 0, "nothing in the log itself shows it"
    assert alone.main([str(path), str(earlier)]) == 1
    assert "entry 4 and more were removed" in capsys.readouterr().out


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert alone.main([str(tmp_path / "none.jsonl")]) == 1
    assert "none.jsonl cannot be read" in capsys.readouterr().out


def test_the_table_names_accounts_and_holds_no_formula(sqlite_app, tmp_path):
    with transaction() as session:
        record(session, "officer-id", "=HYPERLINK(1)", "@round")
    table = (unpacked(tmp_path, {"officer-id": "+Test officer 1"}) / "audit.csv").read_text(encoding="utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(table))
    assert (row["who"], row["act"], row["subject"]) == ("'+Test officer 1", "'=HYPERLINK(1)", "'@round")


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("officer", 403), ("councillor", 403)])
def test_the_download_is_for_auditors(sqlite_app, role, status):
    write(1)
    client = PageClient(sqlite_app)
    sign_in(client, role)
    response = client.get("/staff/audit/log.zip", status, buffered=True).response
    assert (response.mimetype == "application/zip") is (status == 200)
    if role != "councillor":
        assert ("Download the whole log" in client.get("/staff/audit").text) is (role == "auditor")


def test_the_verifier_imports_the_standard_library_alone():
    tree = ast.parse(Path(alone.__file__).read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names)
