"""Which program this is: one SHA-256 over its files, that anybody can work out again from the release.

    sha256sum prints "<hash>  <path>" for every file, paths in byte order; the SHA-256 of that list is the program's.

What is fetched or made at set-up (static/vendor, .venv, *.pyc) is left out: the locks with their hashes are in.
docs/operations.md has the command. Read once, when the process starts: it is the program that is running.
"""

import hashlib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("migrations", "pbudget", "requirements", "static", "templates")
FILES = ("app.py", "package-lock.json", "package.json", "pyproject.toml")
LEFT_OUT = ("static/vendor/",)
MADE = (".pyc", "/.DS_Store")


@cache
def program_sha256(root: Path = ROOT) -> str:
    """The hash of the program in this folder, 64 hexadecimal characters."""
    listed = "".join(f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}\n" for name in files_of(root))
    return hashlib.sha256(listed.encode()).hexdigest()


def files_of(root: Path) -> list[str]:
    """The program's files by their path from its folder, in byte order."""
    found = [path for folder in FOLDERS for path in (root / folder).rglob("*") if path.is_file()]
    names = [path.relative_to(root).as_posix() for path in found] + [name for name in FILES if (root / name).is_file()]
    return sorted(name for name in names if not name.startswith(LEFT_OUT) and not name.endswith(MADE))


def short(digest: str) -> str:
    """The start of a hash as two people compare it on the phone: `4f2a 90bc 11de 7c03`."""
    return " ".join(digest[at : at + 4] for at in range(0, 16, 4))
