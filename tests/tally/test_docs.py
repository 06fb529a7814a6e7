"""What docs/tally.md shows is what happens."""

import re
import subprocess
import sys
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import pytest

from pbudget.tally.cli import count
from pbudget.tally.rules.rule import NAMES
from pbudget.tally.rules.ties import lot

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tally.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ pbudget (.+?)\n(.*?)\n```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.pb").write_text(re.findall(r"```pb\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    return tmp_path


def test_the_page_has_an_example_of_every_rule() -> None:
    assert {name for command, _ in EXAMPLES for name in NAMES if f"--rule {name}" in command} == set(NAMES)


@pytest.mark.parametrize(("command", "shown"), EXAMPLES)
def test_an_example_prints_what_the_page_shows(folder: Path, command: str, shown: str) -> None:
    program = [sys.executable, "-c", "from pbudget.cli import main; main()", *command.split()]
    finished = subprocess.run(program, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert (finished.stdout + finished.stderr).rstrip("\n") == shown


def test_every_option_on_the_page_exists_and_every_option_is_on_the_page() -> None:
    exist = {name for parameter in count.params for name in parameter.opts if name.startswith("--")}
    others = {"--full", "--small"}
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) - others == exist


def test_the_lot_on_the_page_is_the_lot_that_is_drawn() -> None:
    seed, project = re.findall(r"printf '(.+)\\000(.+)' \| sha256sum", PAGE)[0]
    assert sha256(f"{seed}\0{project}".encode()).digest() == lot(seed, project)


def test_the_bench_on_the_page_exists() -> None:
    assert ".venv/bin/python -m bench.tally" in PAGE
    assert find_spec("bench.tally")
