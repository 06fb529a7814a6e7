"""Commands in docs/operations.md that can be run here are run here, as they stand there."""

import re
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest

from pbudget.config import ROOT
from pbudget.db import db, transaction
from pbudget.jobs.actions import give_sign_of_life

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_the_backup_command_takes_a_whole_copy_while_others_write(sqlite_app, tmp_path):
    if not shutil.which("sqlite3"):
        pytest.skip("no sqlite3 on this machine: apt-get install sqlite3 to run this test")
    (command,) = re.findall(r"^    (sqlite3 .* \"VACUUM INTO .*\")$", TEXT, re.MULTILINE)
    copy = tmp_path / "copy.sqlite"
    command = command.replace("/var/lib/pbudget/pbudget.sqlite", str(tmp_path / "pbudget.sqlite"))
    command = command.replace("/backup/pbudget-new.sqlite", str(copy))
    enough = threading.Event()

    def write() -> None:
        with sqlite_app.app_context():
            while not enough.is_set():
                with transaction() as session:
                    give_sign_of_life(session, "a")

    writer = threading.Thread(target=write)
    writer.start()
    done = subprocess.run(command, shell=True, capture_output=True, text=True)
    enough.set()
    writer.join(20)
    assert (done.returncode, done.stderr) == (0, "")
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert set(db.metadata.tables) <= tables


@pytest.mark.parametrize("name", sorted(set(re.findall(r"docs/deploy/([\w.-]+)", TEXT))))
def test_every_file_the_page_names_is_there(name):
    assert (Path(ROOT) / "docs" / "deploy" / name).is_file()


def test_every_command_of_ours_on_the_page_exists():
    from pbudget.cli import COMMANDS

    named = set(re.findall(r"^    pbudget (\w+)", TEXT, re.MULTILINE)) | set(re.findall(r"`pbudget (\w+)", TEXT))
    assert named - set(COMMANDS) == set()


def test_settings_in_the_example_are_read_the_same_by_a_shell_and_by_systemd(tmp_path):
    lines = re.findall(r"^    (PBUDGET_\w+=.*)$", TEXT, re.MULTILINE)
    (tmp_path / "settings").write_text("\n".join(lines), encoding="utf-8")
    done = subprocess.run(
        "set -a; . ./settings; env",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin"},
    )
    for line in lines:
        name, _, value = line.partition("=")
        assert f"{name}={value.strip(chr(34))}" in done.stdout.splitlines()
