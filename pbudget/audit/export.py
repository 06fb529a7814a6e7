"""The whole audit log in one file, with the program that checks it: for the auditor, and for whoever comes after.

audit.jsonl     every entry with its leaf and head, one a line      audit.csv    the same to read, with names for ids
verify.py       checks audit.jsonl with Python alone                README.txt   what to do with them
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import IO

import pbudget.audit.verify_alone
from pbudget.audit.queries import from_the_start
from pbudget.kit.spreadsheets import csv_bytes

COLUMNS = ("seq", "day", "actor", "who", "act", "subject", "on", "detail")
README = """The audit log of {council}: what staff did, {size} entries.

audit.jsonl   every entry, one a line, locked to the ones before it
audit.csv     the same to read in a spreadsheet, with the name of each account
verify.py     checks audit.jsonl; it needs Python 3.9 or newer and nothing else

To check it:   python3 verify.py
Against an earlier copy:   python3 verify.py audit.jsonl EARLIER.jsonl

Keep this file. Entries cut off at the end of a log can only be seen by comparing it with an earlier copy.
Last head: {head}

The log names staff. It never names a resident, a code or a choice, and it says the day, never the minute.
"""


def write_export(file: IO[bytes], council: str, labels: Mapping[str, str]) -> None:
    """Write the .zip. `labels` are the names of accounts by their id."""
    size, head = 0, "none: the log is empty"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("audit.jsonl", "w", force_zip64=True) as entries:
            for line in from_the_start():
                entries.write(json.dumps(asdict(line), ensure_ascii=False, sort_keys=True).encode() + b"\n")
                size, head = line.seq, line.head
        archive.writestr("audit.csv", csv_bytes([COLUMNS, *_rows(labels)]))
        archive.writestr("verify.py", Path(pbudget.audit.verify_alone.__file__).read_bytes())
        archive.writestr("README.txt", README.format(council=council, size=f"{size:,}", head=head))


def _rows(labels: Mapping[str, str]) -> Iterator[list[object]]:
    for line in from_the_start():
        who, on = labels.get(line.actor, line.actor), labels.get(line.subject, line.subject)
        yield [line.seq, line.day, line.actor, who, line.act, line.subject, on, line.detail]
