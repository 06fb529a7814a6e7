"""What docs/guard.md and docs/guard-command.md show is what happens."""

import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from pbudget.balance.thresholds import Thresholds
from pbudget.config import ROOT
from pbudget.guard.cli import guard
from pbudget.guard.printed import printed
from pbudget.guard.words import CANNOT_SEE, MEANS
from tests.guard.builders import PABULIB, baseline_called, looked_at_file

PAGE = (ROOT / "docs" / "guard.md").read_text(encoding="utf-8")
COMMAND = (ROOT / "docs" / "guard-command.md").read_text(encoding="utf-8")
SPECIFICATION = ROOT.parent / "shared" / "spec" / "guard.md"
EXAMPLES = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
FILES = ("Poland_Gdynia_2022_Chylonia__large.pb",) * 2 + ("Poland_Gdynia_2022_Chylonia__small.pb",)


@lru_cache(maxsize=2)
def report_on(name: str) -> str:
    return printed(looked_at_file(PABULIB / name, baseline_called("city:Gdynia 2022")).document())


@pytest.mark.parametrize(("example", "name"), list(zip(EXAMPLES, FILES, strict=True)))
def test_an_example_stands_in_the_report_on_the_real_file(shared_data: Path, example: str, name: str) -> None:
    assert example in report_on(name)


def test_what_the_page_says_of_its_example_is_so(shared_data: Path) -> None:
    looked = looked_at_file(PABULIB / FILES[0], baseline_called("city:Gdynia 2022"))
    found = looked.as_object()
    assert f"{found['n']:,} people took part" in PAGE
    assert f"The verdict is **{found['verdict']}**" in PAGE
    assert f"(ratio {found['balance']['age']['groups']['60+']['rr']:.1f})" in PAGE
    assert (len(found["winners"]), len(found["mes_winners"]), found["rake"]["moved"]) == (1, 5, 0.0)
    assert "five projects would have been funded" in PAGE


def test_every_verdict_and_every_limit_of_its_sight_is_on_the_page() -> None:
    assert [verdict for verdict in MEANS if f"\n| {verdict} |" not in PAGE] == []
    assert [limit for limit in CANNOT_SEE[:3] if limit not in PAGE] == []


def test_the_numbers_on_the_page_are_the_thresholds() -> None:
    limits = Thresholds()
    assert f"Fewer than {limits.min_n} ballots" in PAGE
    assert f"repeated {limits.boot} times" in PAGE
    assert (limits.swing, limits.sectional, limits.risk_excess, limits.k_anon, limits.round_base) == (
        0.5,
        0.2,
        0.15,
        10,
        5,
    )
    assert "whose chance differs by half or more" in PAGE
    assert "backs it less than a fifth as much" in PAGE
    assert "raised, from 10% to 15% of ballots" in PAGE
    assert "a count from 1 to 9" in PAGE
    assert "rounded to the nearest 5" in PAGE


def test_the_error_rates_on_the_page_are_those_of_the_specification() -> None:
    if not SPECIFICATION.is_file():
        pytest.skip(f"No file {SPECIFICATION}: put the guard's specification there to run this test")
    stated = SPECIFICATION.read_text(encoding="utf-8").replace("*", "")
    rates = re.findall(r"^\| .*?(\d+\.\d%) \| (\d+\.\d%) \| (\d+\.\d%) \| (\d+\.\d%) \|$", PAGE.replace("*", ""), re.M)
    assert len(rates) == 3
    assert [row for row in rates if " | ".join(row) not in stated] == []
    found = re.findall(r"^\| (\d+)% .*?\| (\d+)% \| (\d+)% \|$", PAGE, re.M)
    detected = [
        re.search(rf"{size}% \| \.{train:>02} / [^|]*\| \.{test:>02} / ", stated) for size, train, test in found
    ]
    assert (len(found), all(detected)) == (7, True)


def test_every_option_is_explained_and_no_other() -> None:
    exist = {name for parameter in guard.params for name in parameter.opts if name.startswith("--")}
    assert set(re.findall(r"--[a-z][a-z-]+", COMMAND)) - {"--detection"} == exist


def test_the_bench_on_the_page_exists() -> None:
    assert ".venv/bin/python -m bench.guard --detection" in COMMAND
    assert find_spec("bench.guard")


@pytest.mark.full
def test_the_table_of_blocs_on_the_page_is_what_the_bench_prints(
    shared_data: Path, capsys: pytest.CaptureFixture
) -> None:
    from bench.guard import print_detection

    print_detection()
    assert f"```text\n{capsys.readouterr().out.strip()}\n```" in COMMAND


def test_the_pages_lead_to_each_other_and_to_pages_that_are_there() -> None:
    for page in (PAGE, COMMAND):
        linked = re.findall(r"\]\(([a-z-]+\.md)\)", page)
        assert linked
        assert [name for name in linked if not (ROOT / "docs" / name).is_file()] == []
