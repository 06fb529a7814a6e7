"""The commands in docs/officers-guide.md and README.md are there, with these options, and the links lead somewhere."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import click
import pytest

from pbudget.bootstrap.options import read_options
from pbudget.cli import COMMANDS as COMMAND_LINE
from pbudget.replays.actions import replay_files
from pbudget.results.queries import contests_of_ward
from pbudget.wards.actions import import_boundaries
from pbudget.wards.queries import ward
from pbudget.wards.rules.boundaries import read_boundaries
from tests.support.elections import pb_file
from tests.wards.building import FIRST, two_wards

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "officers-guide.md"
PAGES = (GUIDE, ROOT / "README.md", ROOT / "docs" / "wards.md")
COMMANDS = sorted({line.strip() for page in PAGES for line in re.findall(r"^    (.+)$", page.read_text("utf-8"), re.M)})


def words_after(command: str) -> list[str]:
    """The words of a command after the name of the program."""
    program, *words = shlex.split(command.removeprefix("python3 "))
    assert program in {"app.py", "pbudget", ".venv/bin/pbudget"}, f"{program} is no program of ours"
    return words


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith("python3 ")])
def test_a_start_on_the_page_has_options_that_exist(line: str):
    read_options(words_after(line))


@pytest.mark.parametrize("line", [line for line in COMMANDS if line.startswith((".venv", "pbudget "))])
def test_a_command_on_the_page_is_understood(app, tmp_path, line: str):
    name, *words = words_after(line)
    module, _, attribute = COMMAND_LINE[name].target.partition(":")
    command = getattr(import_module(module), attribute)
    if isinstance(command, click.Group):
        command = command.commands[words.pop(0)]
    files = [str(pb_file(tmp_path, Path(word).name)) if "." in word else word for word in words]
    command.make_context(name, files)


def test_nothing_but_commands_settings_and_contents_of_files_is_set_as_code_in_the_guide():
    known = ("python3 app.py", ".venv/bin/pbudget", "export PBUDGET_INSTANCE=", "ward_code;")
    lines = re.findall(r"^    (.+)$", GUIDE.read_text("utf-8"), re.M)
    assert [line for line in lines if not line.startswith(known)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_another_page_leads_to_it(page: Path):
    targets = re.findall(r"\]\((?!http)([^)#]+)", page.read_text("utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_leads_to_the_guide():
    assert "(docs/officers-guide.md)" in (ROOT / "README.md").read_text("utf-8")


def test_a_ward_code_in_the_file_puts_the_past_vote_on_the_ward_s_page(app, tmp_path):
    import_boundaries(read_boundaries(two_wards()), "Ashmere")
    replay_files([pb_file(tmp_path, ward_code=FIRST)])
    assert [round_.name for round_, _ in contests_of_ward(ward(FIRST).id, 5)] == ["Testtown 2024"]
