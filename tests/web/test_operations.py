"""Commands in docs/operations.md that can be run here are run here, as they stand there."""

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from pbudget.config import ROOT
from pbudget.keys.actions import escrow_copy
from tests.backups.conftest import cast, checkpoint
from tests.browser.site import environ_of
from tests.faults.ground import prepare

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """Where the page's commands are run: its paths and names, and what stands for them here."""

    folder: Path
    backup: str = ""

    def run(self, begins: str, instance: str = "instance") -> subprocess.CompletedProcess:
        """Run the page's command that begins like this, once, as it stands there."""
        command = next(line for line in re.findall(r"^    (.*)$", TEXT, re.MULTILINE) if line.startswith(begins))
        stands_for = {"pbudget-2027-03-07T120000Z": self.backup, "ROUND": "fault-trial"}
        stands_for |= {name: f"{self.folder}{name}" for name in ("/backup", "/restored")}
        names = "|".join(re.escape(name) for name in stands_for)
        command = re.sub(rf"(?<![\w-])({names})(?![\w-])", lambda found: stands_for[found[0]], command)
        command = re.sub(r"^pbudget", f"{sys.executable} -m pbudget.cli", command)
        environ = {**environ_of(self.folder / instance), "PYTHONPATH": str(ROOT)}
        return subprocess.run(
            command, shell=True, cwd=self.folder, env=environ, capture_output=True, text=True, input=f"{PASSPHRASE}\n"
        )


PASSPHRASE = "a passphrase of an officer"


def test_the_restore_drill_works_as_the_page_says_it(tmp_path):
    ground = prepare(tmp_path / "instance", letters=1)
    cast(ground, 3)
    checkpoint(ground, tmp_path / "checkpoint.json")
    (tmp_path / "escrow-copy.json").write_bytes(escrow_copy(ground.instance / "keys", "fault-trial", PASSPHRASE))
    assert_done(Place(tmp_path).run("pbudget backup"))
    (folder,) = (tmp_path / "backup").iterdir()
    drill = Place(tmp_path, folder.name)
    assert_done(drill.run("pbudget restore /backup", "new"))
    assert_done(drill.run("pbudget keys restore", "new"))
    verified = drill.run("pbudget verify ROUND --against checkpoint.json", "new")
    assert_done(verified)
    assert "5 entries" in verified.stdout


def test_a_backup_is_encrypted_and_opened_as_the_page_says_it(tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl on this machine: apt-get install openssl to run this test")
    (tmp_path / "backup" / "pbudget-test").mkdir(parents=True)
    (tmp_path / "restored").mkdir()
    (tmp_path / "backup" / "pbudget-test" / "database.sqlite").write_bytes(b"canary of a test" * 1000)
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-days", "2"]
    files = ["-keyout", "backup-key.pem", "-out", "backup-certificate.pem"]
    subprocess.run([*make, *files], cwd=tmp_path, capture_output=True, check=True)
    place = Place(tmp_path, "pbudget-test")
    assert_done(place.run("tar -C /backup"))
    assert b"canary" not in (tmp_path / "backup" / "pbudget.cms").read_bytes()
    assert_done(place.run("openssl cms -decrypt"))
    assert (tmp_path / "restored" / "pbudget-test" / "database.sqlite").read_bytes().startswith(b"canary of a test")


def assert_done(done: subprocess.CompletedProcess) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_program_that_tries_to_break_things_is_there():
    (command,) = re.findall(r"^    \.venv/bin/python (-m tests\.faults\.run .*)$", TEXT, re.MULTILINE)
    words = command.split()
    assert words[:2] == ["-m", "tests.faults.run"]
    helped = subprocess.run(
        [sys.executable, "-m", "tests.faults.run", "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert_done(helped)
    assert all(word in helped.stdout for word in words if word.startswith("--"))


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
