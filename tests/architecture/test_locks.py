"""The locks: hashes for everything, addresses for nothing, and nothing of other people's in the repository."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from pbudget.bootstrap.places import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
THIRD_PARTY = re.compile(r"^(static/vendor|node_modules)/|\.min\.(js|css)$|\.(pb|geojson|whl|woff2?|ttf|otf)$")


def pins(lock: Path) -> dict[str, str]:
    found = (PIN.match(line) for line in lock.read_text(encoding="utf-8").splitlines())
    return {match[1]: match[2] for match in found if match}


@pytest.mark.parametrize("lock", [*LOCKS, ROOT / "package-lock.json"], ids=lambda path: path.name)
def test_no_lock_holds_an_address(lock: Path) -> None:
    assert "://" not in lock.read_text(encoding="utf-8"), "compile it again as requirements/README.md says"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_requirement_has_a_version_and_a_hash(lock: Path) -> None:
    lines = lock.read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    requirements = [line for line in lines if line and not line.lstrip().startswith("#")]
    assert requirements
    assert [line for line in requirements if not (PIN.match(line) and "--hash=sha256:" in line)] == []


@pytest.mark.parametrize("narrow, wide", [("run", "test"), ("run", "letters"), ("letters", "test")])
def test_a_wider_lock_holds_the_narrower(narrow: str, wide: str) -> None:
    fewer, more = (pins(ROOT / "requirements" / f"{name}.txt") for name in (narrow, wide))
    assert {name: version for name, version in fewer.items() if more.get(name) != version} == {}


def test_every_front_end_package_has_its_integrity() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert [name for name, package in packages.items() if name and not package.get("integrity")] == []


def test_front_end_packages_are_pinned_exactly() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert wanted["htmx.org"] == "4.0.1"


def test_no_third_party_file_is_committed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert listed, "git lists no file: run the tests in a clone"
    assert [name for name in listed.splitlines() if THIRD_PARTY.search(name)] == []
