"""Which column of a roll file holds what, and so which kind of roll it is.

find_columns(("ward_code", "full_name", "address_line_1", "postcode"))   -> kind "named"
find_columns(("ward_code", "address", "postcode", "codes"))              -> kind "address"
find_columns(("ward_code", "count"))                                     -> kind "count"
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pbudget.kit.errors import BadInput

WARD = ("ward_code", "ward", "wd25cd", "wd24cd", "wd23cd")
NAME = ("name", "full_name", "resident", "elector_name")
FIRST_NAME = ("first_name", "forename", "forenames", "given_name", "elector_forename")
LAST_NAME = ("last_name", "surname", "family_name", "elector_surname")
ADDRESS = ("address", "full_address")
ADDRESS_PART = re.compile(r"(address|addr|address_line|line)_?\d+")
ADDRESS_END = ("street", "locality", "town", "post_town", "city", "county")
POSTCODE = ("postcode", "post_code", "zip")
EMAIL = ("email", "e_mail", "email_address")
CODES = ("codes", "number_of_codes", "adults", "voters")
COUNT = ("count", "places", "number")
BORN = ("date_of_birth", "dob", "birth_date", "born")
AGE = ("age",)


class RollColumnsMissing(BadInput):
    """The heading row lacks a column; the message names it, what was found instead and what to add."""


@dataclass(frozen=True)
class RollColumns:
    """Headings by what they hold; empty or None where the file has no such column."""

    kind: str
    ward: str | None
    name: tuple[str, ...]
    address: tuple[str, ...]
    postcode: str | None
    email: str | None
    codes: str | None
    born: str | None
    age: str | None
    ignored: tuple[str, ...]

    @property
    def used(self) -> tuple[str, ...]:
        """Every heading that is read."""
        single = (self.ward, self.postcode, self.email, self.codes, self.born, self.age)
        return (*self.name, *self.address, *(heading for heading in single if heading))


def find_columns(headings: tuple[str, ...]) -> RollColumns:
    """Recognise the columns of a roll by their headings. Raises RollColumnsMissing."""
    name, address = _name(headings), _address(headings)
    kind = "named" if name else "address" if address else "count"
    codes = _first(headings, COUNT if kind == "count" else CODES)
    found = RollColumns(
        kind=kind,
        ward=_first(headings, WARD),
        name=name,
        address=address,
        postcode=_first(headings, POSTCODE),
        email=_first(headings, EMAIL),
        codes=codes,
        born=_first(headings, BORN),
        age=_first(headings, AGE),
        ignored=(),
    )
    _refuse_incomplete(found, headings)
    ignored = tuple(heading for heading in headings if heading and heading not in found.used)
    return RollColumns(**{**found.__dict__, "ignored": ignored})


def _first(headings: tuple[str, ...], names: Iterable[str]) -> str | None:
    return next((name for name in names if name in headings), None)


def _name(headings: tuple[str, ...]) -> tuple[str, ...]:
    whole = _first(headings, NAME)
    if whole:
        return (whole,)
    return tuple(part for part in (_first(headings, FIRST_NAME), _first(headings, LAST_NAME)) if part)


def _address(headings: tuple[str, ...]) -> tuple[str, ...]:
    """The columns an address is spread over, in the file's order."""
    return tuple(h for h in headings if h in ADDRESS or h in ADDRESS_END or ADDRESS_PART.fullmatch(h))


def _refuse_incomplete(found: RollColumns, headings: tuple[str, ...]) -> None:
    seen = ", ".join(heading for heading in headings if heading)[:120] or "nothing"
    if found.ward is None and found.postcode is None:
        raise RollColumnsMissing(f"The heading row has no ward_code and no postcode: it has {seen}. Add one of them.")
    if found.kind == "count" and found.codes is None:
        raise RollColumnsMissing(f"The heading row has no name, address or count: it has {seen}. Add one of them.")
    if found.kind == "address" and found.codes is None:
        raise RollColumnsMissing(
            "An address roll says how many codes each address gets. Add a column “codes” with a number in each row."
        )
