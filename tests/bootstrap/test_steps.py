"""The steps with tools of our own making in place of uv, npm and Chromium: what each does when they misbehave."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pbudget.bootstrap import browser, tools
from pbudget.bootstrap.assets import FILES, assets_digest, find_npm, make_assets
from pbudget.bootstrap.browser import find_chromium, mend_dpkg, ways_to_install
from pbudget.bootstrap.database import newest_revisions, sqlite_revisions
from pbudget.bootstrap.packages import find_uv, half_made_mark, make_venv, packages_digest
from pbudget.bootstrap.progress import Progress
from pbudget.bootstrap.stamps import is_stamped
from pbudget.bootstrap.stops import ToolFailed, ToolMissing
from pbudget.bootstrap.tools import Workshop, cause_of_failure, last_line

Tool = Callable[[str, str], Path]
SHEET = (
    "@font-face{font-family:GDS Transport;src:url(/a.woff2)}.govuk-link{font-family:GDS Transport,arial,sans-serif}"
    ".a:before{background-image:url(/assets/images/govuk-crest.svg)}\n/*# sourceMappingURL=x.css.map */\n"
)
UNPACKS = (
    "mkdir -p node_modules/govuk-frontend/dist/govuk node_modules/htmx.org/dist\n"
    f"printf '%s' '{SHEET}' > node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.css\n"
    "echo 'export{}' > node_modules/govuk-frontend/dist/govuk/govuk-frontend.min.js\n"
    "echo 'var htmx' > node_modules/htmx.org/dist/htmx.min.js"
)
UV = f'[ "$1" = --version ] || exec {sys.executable} -m venv --without-pip "$6"'
NPM = f'export PATH=/usr/bin:/bin\nif [ "$1" = --version ]; then echo 10.8.2; exit; fi\n{UNPACKS}'


def test_a_uv_that_does_not_run_is_passed_over(workshop: Workshop, tool: Tool) -> None:
    assert find_uv(workshop) is None
    tool("uv", "exit 127")
    assert find_uv(workshop) is None
    path = tool("uv", "echo uv 0.9")
    assert find_uv(workshop) == str(path)


def test_an_environment_is_made_once(workshop: Workshop, tool: Tool, capsys: pytest.CaptureFixture[str]) -> None:
    tool("uv", UV)
    make_venv(workshop)
    assert "making .venv with uv" in capsys.readouterr().out
    made = workshop.places.python.lstat().st_mtime_ns
    make_venv(workshop)
    assert "already done" in capsys.readouterr().out
    assert workshop.places.python.lstat().st_mtime_ns == made
    half_made_mark(workshop.places).touch()
    make_venv(workshop)
    assert "making .venv" in capsys.readouterr().out, "one cut short must be made afresh"
    assert not half_made_mark(workshop.places).exists()


def test_an_environment_somebody_made_by_hand_is_kept(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", workshop.places.venv], check=True)
    (workshop.places.venv / "theirs").touch()
    make_venv(workshop)
    assert "using the one that is there" in capsys.readouterr().out
    assert (workshop.places.venv / "theirs").exists()


def test_an_environment_whose_python_is_gone_is_made_afresh(workshop: Workshop, tool: Tool) -> None:
    tool("uv", UV)
    workshop.places.python.parent.mkdir(parents=True)
    workshop.places.python.symlink_to("/no/such/python")
    make_venv(workshop)
    assert tools.works(workshop.places.python, "--version")


def test_what_is_installed_hangs_on_both_locks_the_metadata_and_the_python(workshop: Workshop) -> None:
    places, seen = workshop.places, {packages_digest(workshop.places)}
    places.venv.mkdir()
    for name in ("requirements/run.txt", "requirements/test.txt", "pyproject.toml", ".venv/pyvenv.cfg"):
        with (places.root / name).open("a") as file:
            file.write("# changed\n")
        seen.add(packages_digest(places))
    assert len(seen) == 5


def test_the_front_end_files_are_made_once_and_again_when_one_is_lost(
    workshop: Workshop, tool: Tool, capsys: pytest.CaptureFixture[str]
) -> None:
    tool("npm", NPM)
    make_assets(workshop)
    assert sorted(file.name for file in workshop.places.vendor.iterdir()) == sorted(FILES)
    assert not workshop.places.node_modules.exists()
    capsys.readouterr()
    make_assets(workshop)
    assert "already done" in capsys.readouterr().out
    (workshop.places.vendor / "htmx.min.js").unlink()
    make_assets(workshop)
    assert (workshop.places.vendor / "htmx.min.js").is_file()


def test_an_npm_that_fails_leaves_no_stamp_and_names_its_log(workshop: Workshop, tool: Tool) -> None:
    tool("npm", 'if [ "$1" = --version ]; then echo 10.8.2; exit; fi\necho npm error code ENOTFOUND; exit 1')
    with pytest.raises(ToolFailed, match=r"Front-end assets: the package registry cannot be reached.*front-end-assets"):
        make_assets(workshop)
    assert not is_stamped(workshop.places.set_up / "assets", assets_digest(workshop.places))


def test_an_npm_too_old_for_our_lock_gives_way_to_node_from_the_python_registry(workshop: Workshop, tool: Tool) -> None:
    tool("npm", "echo 6.14.4")
    tool("uv", "exit 0")
    assert [Path(word).name for word in find_npm(workshop)] == ["node", "npm-cli.js"]


def test_a_chromium_that_does_not_run_is_passed_over(workshop: Workshop, tool: Tool) -> None:
    tool("chromium", "exit 1")
    assert find_chromium(workshop) is None
    runs = tool("google-chrome", "echo Google Chrome 140")
    assert find_chromium(workshop) == runs


def test_a_named_chromium_that_does_not_run_is_an_error(workshop: Workshop, tool: Tool) -> None:
    tool("google-chrome", "echo Google Chrome 140")
    workshop = Workshop(workshop.places, workshop.progress, {**workshop.environ, "PBUDGET_CHROMIUM": "/no/browser"})
    with pytest.raises(ToolMissing, match="PBUDGET_CHROMIUM names /no/browser, which does not run"):
        find_chromium(workshop)


def test_no_chromium_to_be_had_is_an_error_that_says_how_to_get_one(workshop: Workshop, tool: Tool) -> None:
    workshop.places.python.parent.mkdir(parents=True)
    workshop.places.python.symlink_to(tool("python", 'case "$*" in *--version*) echo 1;; *) exit 1;; esac'))
    tool("apt-get", "echo E: Unable to locate package chromium; exit 100")
    with pytest.raises(
        ToolMissing, match=r"none could be installed.*apt-get install chromium.*PBUDGET_CHROMIUM.*\.log"
    ):
        browser.make_browser(workshop)


def test_a_playwright_that_lacks_a_library_is_an_error_that_names_it(workshop: Workshop, tool: Tool) -> None:
    workshop.places.python.parent.mkdir(parents=True)
    workshop.places.python.symlink_to(tool("python", "exit 127"))
    with pytest.raises(ToolMissing, match="libatomic"):
        browser.make_browser(workshop)


def test_only_root_on_debian_installs_debian_packages(workshop: Workshop, tool: Tool) -> None:
    assert list(ways_to_install(workshop)) == ["Playwright"]
    tool("apt-get", "exit 0")
    assert list(ways_to_install(workshop)) == (["Debian", "Playwright"] if os.geteuid() == 0 else ["Playwright"])


def test_an_installation_cut_short_is_mended_first(tmp_path: Path) -> None:
    assert mend_dpkg(tmp_path) == []
    (tmp_path / "0001").touch()
    assert mend_dpkg(tmp_path) == [["dpkg", "--configure", "-a"]]


def test_the_newest_revision_is_the_one_no_other_builds_on(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('TABLES = (one, two)\nrevision = "a"\ndown_revision = None\n')
    (tmp_path / "b.py").write_text('revision: str = "b"\ndown_revision: str | None = "a"\n')
    (tmp_path / "c.py").write_text('revision = "c"\ndown_revision = ("a", "b")\n')
    assert newest_revisions(tmp_path) == {"c"}


def test_a_database_that_is_not_there_or_not_sqlite_is_at_no_revision(tmp_path: Path) -> None:
    (tmp_path / "not-a-database").write_bytes(b"\x89PNG" * 100)
    for url in ("postgresql+psycopg://x/y", f"sqlite:///{tmp_path}/none", f"sqlite:///{tmp_path}/not-a-database"):
        assert sqlite_revisions(url) == set()
    assert [file.name for file in tmp_path.iterdir()] == ["not-a-database"], "asking must make nothing"


def test_a_migrated_database_is_at_the_newest_revision(migrated_sqlite: Path, workshop: Workshop) -> None:
    heads = newest_revisions(workshop.places.root / "migrations" / "versions")
    assert heads
    assert sqlite_revisions(f"sqlite:///{migrated_sqlite}") == heads


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "not the one in the lock"),
        ("npm error code EINTEGRITY", "not the one in the lock"),
        ("  Caused by: dns error: failed to lookup address", "cannot be reached"),
        ("ERROR: Could not find a version that satisfies x==1 (from versions: none)", "cannot be reached"),
        ("ERROR: No matching distribution found for x==1", "does not have a package"),
        ("Segmentation fault", "pip ended with status 1 (Segmentation fault)."),
    ],
)
def test_what_a_tool_wrote_becomes_a_cause_and_a_mend(tmp_path: Path, written: str, told: str) -> None:
    (tmp_path / "log").write_text(f"Looking in indexes\n{written}\n")
    assert told in cause_of_failure("pip", 1, tmp_path / "log")


def test_our_own_refusals_are_passed_on_whole(tmp_path: Path) -> None:
    sentence = "The database holds more than a demo borough. " + "Make a backup of it, or choose another. " * 5
    (tmp_path / "log").write_text(f"Loading\npbudget: {sentence.strip()}\n")
    assert cause_of_failure("pbudget", 2, tmp_path / "log") == sentence.strip()


def test_a_database_that_does_not_answer_is_not_taken_for_a_registry(tmp_path: Path) -> None:
    (tmp_path / "log").write_text(
        "sqlalchemy.exc.OperationalError: (psycopg.OperationalError) connection failed: refused\n(Background)"
    )
    assert "DATABASE_URL cannot be reached" in cause_of_failure("pbudget", 1, tmp_path / "log")


def test_the_last_words_of_a_progress_bar_are_its_last_state(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes("one\n 10 %\r 20 %\r\n\xff".encode("latin-1"))
    assert last_line(tmp_path / "log") == "\N{REPLACEMENT CHARACTER}"
    (tmp_path / "log").write_bytes(b"one\n 10 %\r 20 %\r")
    assert last_line(tmp_path / "log") == "20 %"


def test_a_long_silence_is_broken_by_signs_of_life(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "SIGN_OF_LIFE", 0.1)
    go_on, heard = workshop.places.root / "go on", Progress.still_working

    def still_working(progress: Progress, elapsed: float, last_line: str) -> None:
        heard(progress, elapsed, last_line)
        if last_line:
            go_on.touch()

    monkeypatch.setattr(Progress, "still_working", still_working)
    program = (
        "import os, sys, time; print('half way', flush=True)\nwhile not os.path.exists(sys.argv[1]): time.sleep(0.02)"
    )
    workshop.run("Slow step", [sys.executable, "-c", program, str(go_on)])
    assert re.search(r"still working, \d+\.\d s: half way\n", capsys.readouterr().out)
