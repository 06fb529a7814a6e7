"""Postcodes: what residents type, and the ONS Postcode Directory (ONSPD) that says which ward each lies in.

    normalise(" se1 7ab ")   -> "SE17AB"
    spaced("SE17AB")         -> "SE1 7AB"
    sector("SE17AB")         -> "SE17"       everything but the last two letters

The directory's columns: postcode `pcds` (also pcd8, pcd7, pcd2, pcd); ward `osward` up to 2024, `wd25cd` and the like
since (`ward` in the ONS lookup NSPL); `doterm` is the month a postcode ended, empty while it is in use.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ukpostcodeparser import parse_uk_postcode

from pbudget.kit.errors import BadInput
from pbudget.wards.rules.tables import FileNotUsable

POSTCODE_COLUMNS = ("pcds", "pcd8", "pcd7", "pcd2", "pcd", "postcode")
WARD_COLUMNS = ("osward", "ward", "ward_code")
LONGEST_TYPED = 20


class NotAPostcode(BadInput):
    """What was typed is not a whole postcode; the message says what one looks like."""


@dataclass(frozen=True)
class DirectoryColumns:
    """Where postcode, ward and end of use stand in a row of the directory (from 0)."""

    postcode: int
    ward: int
    ended: int | None
    ward_heading: str


@dataclass(frozen=True)
class DirectoryRow:
    """One postcode of the directory."""

    postcode: str
    ward_code: str
    has_ended: bool


def normalise(typed: str) -> str:
    """A postcode in capitals without spaces. Raises NotAPostcode with what to do."""
    if not typed.strip():
        raise NotAPostcode("Enter a postcode")
    plain = re.sub(r"[\s.,\-]+", "", typed[:LONGEST_TYPED]).upper()
    try:
        outward, inward = parse_uk_postcode(plain, strict=True, incode_mandatory=True)
    except ValueError as error:
        raise NotAPostcode("Enter a full postcode, like SE1 7AB") from error
    return f"{outward}{inward}"


def spaced(postcode: str) -> str:
    """A normalised postcode as it is written on letters."""
    return f"{postcode[:-3]} {postcode[-3:]}"


def sector(postcode: str) -> str:
    """A normalised postcode without its last two letters: the few hundred postcodes around it share this."""
    return postcode[:-2]


def directory_columns(heading: Sequence[str]) -> DirectoryColumns:
    """Find the columns of a directory by their headings. Raises FileNotUsable naming what is missing."""
    names = [name.strip().strip("\ufeff").lower() for name in heading]
    postcode = next((name for name in POSTCODE_COLUMNS if name in names), None)
    dated = sorted((name for name in names if re.fullmatch(r"wd\d\dcd", name)), reverse=True)
    ward = next((name for name in (*dated, *WARD_COLUMNS) if name in names), None)
    if postcode is None or ward is None:
        missing = "a postcode column (pcds)" if postcode is None else "a ward column (osward or wd25cd)"
        found = ", ".join(name for name in names if name)[:120] or "nothing"
        raise FileNotUsable(f"The heading row has no {missing[2:]}: it has {found}. Send the ONS Postcode Directory.")
    ended = names.index("doterm") if "doterm" in names else None
    return DirectoryColumns(names.index(postcode), names.index(ward), ended, ward)


def directory_row(cells: Sequence[str], columns: DirectoryColumns) -> DirectoryRow | None:
    """One row of the directory, or None when it has too few cells."""
    if len(cells) <= max(columns.postcode, columns.ward, columns.ended or 0):
        return None
    has_ended = columns.ended is not None and bool(cells[columns.ended].strip())
    return DirectoryRow(cells[columns.postcode], cells[columns.ward].strip(), has_ended)
