"""Which program this is: the page, the manifest and the documented command say the same."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pbudget.config import ROOT
from pbudget.kit.fingerprints import files_of, program_sha256

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the program that nobody works on."""
    for name in files_of(ROOT):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_the_documented_command_gives_the_same_fingerprint(copy):
    for made in ("static/vendor/x.js", "pbudget/__pycache__/a.cpython-311.pyc", ".venv/a.py", "instance/secret-key"):
        (copy / made).parent.mkdir(parents=True, exist_ok=True)
        (copy / made).write_text("made at set-up", encoding="utf-8")
    (command,) = re.findall(r"^    (find app\.py .*)$", TEXT, re.MULTILINE)
    done = subprocess.run(command, shell=True, cwd=copy, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == program_sha256(copy)


def test_any_change_of_the_program_is_another_fingerprint(copy):
    before = program_sha256.__wrapped__(copy)
    file = copy / "pbudget" / "tally" / "rules" / "count.py"
    text = file.read_bytes()
    file.write_bytes(text + b" ")
    assert program_sha256.__wrapped__(copy) != before
    file.write_bytes(text)
    assert program_sha256.__wrapped__(copy) == before
    file.rename(file.with_name("count2.py"))
    assert program_sha256.__wrapped__(copy) != before
    file.with_name("count2.py").rename(file)
    (copy / "templates" / "new.html").write_text("", encoding="utf-8")
    assert program_sha256.__wrapped__(copy) != before


def test_everything_that_git_keeps_of_the_program_is_in_it():
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    program = {name for name in kept if name.endswith((".py", ".html", ".css", ".js", ".typ", ".svg", ".txt"))}
    outside = tuple(f"{folder}/" for folder in ("tests", "bench", "docs"))
    missing = {name for name in program - set(files_of(ROOT)) if not name.startswith(outside)}
    assert {name for name in missing if (ROOT / name).exists()} == set()


def test_the_pages_show_it(sqlite_app):
    client = sqlite_app.test_client()
    assert program_sha256() in client.get("/about").text
    assert program_sha256()[:16] in client.get("/cookies").text
