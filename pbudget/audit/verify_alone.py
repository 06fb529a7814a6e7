#!/usr/bin/env python3
"""Check pbudget's audit log with nothing but Python 3.9 or newer: no installation, no network.

    python3 verify.py                            check audit.jsonl in the folder this file lies in
    python3 verify.py audit.jsonl
    python3 verify.py audit.jsonl earlier.jsonl      and whether an earlier copy is the beginning of this one

This program is written apart from pbudget, from docs/staff-accounts.md alone. It ends with "Nothing was changed" and
status 0, or names the first entry that is wrong and ends with status 1.

What it cannot see: entries cut off at the end. Keep every copy you download, or note the number of entries and the
last head it prints, and compare the next time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

PARTS = ("seq", "day", "actor", "act", "subject", "detail")


class Wrong(Exception):
    """Something does not fit; the message says what."""


def written(line: dict[str, object]) -> bytes:
    """An entry's line in the one form of RFC 8785: keys in order, no spaces, UTF-8; values are text and a number."""
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def follow(path: Path) -> Iterator[tuple[int, str]]:
    """Give (entries so far, head) after each entry; raise Wrong at the first that does not follow from the last."""
    head = hashlib.sha256(b"pbudget-audit-v1").digest()
    for number, text in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            entry = json.loads(text)
            line = {part: entry[part] for part in PARTS}
            stated = (entry["leaf"], entry["head"])
        except (ValueError, KeyError, TypeError) as error:
            raise Wrong(f"entry {number} cannot be read ({error})") from error
        if line["seq"] != number:
            raise Wrong(f"entry {number} is missing: entry {line['seq']} stands in its place")
        leaf = hashlib.sha256(b"\x00" + written(line)).digest()
        head = hashlib.sha256(b"\x01" + head + leaf).digest()
        if stated[0] != leaf.hex():
            raise Wrong(f"entry {number} does not say what it said when it was written")
        if stated[1] != head.hex():
            raise Wrong(f"entry {number} is not locked to the entries before it")
        yield number, head.hex()


def check(path: Path, earlier: Path | None = None) -> None:
    """Check a log, and that an earlier copy of it is its beginning; print what was found."""
    heads = dict(follow(path))
    size = len(heads)
    print(f"{path.name}: {size} entries, last head {heads[size] if size else 'none'}")
    if earlier is not None:
        before = dict(follow(earlier))
        known = len(before)
        if known > size:
            raise Wrong(f"entry {size + 1} and more were removed: {earlier.name} has {known} entries")
        if known and before[known] != heads[known]:
            first = next(number for number in before if before[number] != heads[number])
            raise Wrong(f"entry {first} is another than in {earlier.name}")
        print(f"{earlier.name}: {known} entries, the beginning of this log")


def main(arguments: list[str]) -> int:
    """Check what the command line names; give the exit status."""
    places = [Path(each) for each in arguments] or [Path(__file__).resolve().parent / "audit.jsonl"]
    try:
        check(*places[:2])
    except OSError as error:
        print(f"WRONG: {error.filename} cannot be read ({error.strerror}).")
        return 1
    except Wrong as error:
        print(f"WRONG: {error}.")
        return 1
    print("Nothing was changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
