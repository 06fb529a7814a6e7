"""A result bundle: the README that stands in it, its checksums, and the .zip, the same bytes whenever it is built."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from textwrap import fill

from pbudget.results.rules.facts import ASSURANCE_WORDS

FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The oldest date a .zip can hold: what stands in the files says when, not the archive."""

README = """{name}
{line}

This is everything that is public about how {name} was voted on and counted. You need Python 3.10 or newer and
nothing else: no installation, no network.

{assurance}

Check it yourself in five minutes:

1. Unpack this folder and open a terminal in it.
2. python3 verify.py
   checks that nothing was changed, added, removed or put in another order since voting opened. Compare the
   fingerprints it prints with those in the council's minutes, or with a checkpoint you kept:
   python3 verify.py . checkpoint.json
3. python3 recount.py
   counts every contest in contests/ again, by a program written apart from the one that counted, and compares it
   with outcome.json.

What is in it:

manifest.json       what was settled before voting opened: pots, proposals, rule, ties, keys
ledger.jsonl        one line for each ballot and each act, chained; no line says what a ballot says
checkpoints.jsonl   what the chain was on earlier days, signed, as sent to the witnesses
outcome.json        who won, and the votes and score of every proposal{reports}
contests/           the ballots of a contest, shuffled, without anything about who cast them{missing}
verify.py           the checks; recount.py the counts
SHA256SUMS          the fingerprint of every file{signed}

What it cannot show: that the service recorded what each voter chose. That is what test votes from every channel
before opening are for, and the reference every voter keeps: look for it in ledger.jsonl.
"""

REPORTS = "reports.json"
REPORTS_LINE = f"""
{REPORTS}        who took part beside who lives here, whether it mattered, what was decided; no small groups"""


def readme(name: str, totals_only: list[str], *, signed: bool, assurance: str = "code", reports: bool = False) -> str:
    """The README of a round's bundle; `totals_only` names the contests whose ballots are not published."""
    missing = ""
    if totals_only:
        missing = f"\n                    not published, with the auditor: {', '.join(totals_only)}"
    note = "; SHA256SUMS.sig is the round's signature on it" if signed else "; not signed: the round's key was lost"
    return README.format(
        name=name,
        line="=" * len(name),
        missing=missing,
        signed=note,
        assurance=fill(ASSURANCE_WORDS[assurance], 112),
        reports=REPORTS_LINE if reports else "",
    )


def sums_of(files: Mapping[str, bytes]) -> str:
    """SHA256SUMS: `sha256sum -c SHA256SUMS` reads it."""
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """The archive, names in text order, no dates, nothing that depends on the machine but the compression."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            member = zipfile.ZipInfo(name, FIRST_MOMENT)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, files[name])
    return buffer.getvalue()
