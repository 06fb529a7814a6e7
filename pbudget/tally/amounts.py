"""Numbers as files write them: costs, budgets and counts; exact, and never guessed.

Example: "183000", "183 000.50" and "183000,5" are amounts; "12,500" is refused, for it may mean 12.5 or 12500.
"""

import re
from decimal import Decimal

from pbudget.kit.errors import BadInput

LARGEST = 10**12
MOST_DECIMALS = 15
_GROUP_SPACES = re.compile(r"(?<=\d)[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}](?=\d{3}(?!\d))", re.ASCII)
_AMOUNT = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)


def amount(text: str) -> Decimal:
    """Read an amount of money; raises `BadInput` with the reason (the caller adds where it stands).

    Spaces between groups of three digits and one decimal point or comma are understood.
    """
    plain = _GROUP_SPACES.sub("", text.strip())
    if plain.startswith("-"):
        raise BadInput(f"“{text}” is below zero")
    if _THOUSANDS.fullmatch(plain):
        raise BadInput(
            f"“{text}” may be {plain.replace(',', '.')} or {plain.replace(',', '')}; write it without a comma"
        )
    if not _AMOUNT.fullmatch(plain):
        raise BadInput(f"“{shorten(text)}” is not an amount of money")
    number = Decimal(plain.replace(",", "."))
    if number >= LARGEST:
        raise BadInput(f"“{shorten(text)}” is more than a million million, which cannot be right")
    if decimals(number) > MOST_DECIMALS:
        raise BadInput(f"“{shorten(text)}” has more than {MOST_DECIMALS} decimals")
    return number


def decimals(number: Decimal) -> int:
    """Count the decimals that are not trailing zeros: 2 for 12.50 is 1."""
    digits = str(number).partition(".")[2].rstrip("0")
    return len(digits)


def in_units(number: Decimal, units: int) -> int:
    """Turn an amount into smallest units, exactly; `units` is fine enough for its decimals."""
    return int(number * units)


def units_for(numbers: list[Decimal]) -> int:
    """Choose the smallest units per unit of currency: 100, or a larger power of ten where a file is finer."""
    finest = max([2, *(decimals(number) for number in numbers)])
    return int(10**finest)


def whole_number(text: str) -> int:
    """Read a count such as num_votes, length or points; "1494" and "1494.0" are whole. Raises `BadInput`."""
    plain = text.strip()
    if re.fullmatch(r"\d{1,15}(?:\.0+)?", plain, re.ASCII):
        return int(plain.partition(".")[0])
    raise BadInput(f"“{shorten(text)}” is not a whole number")


def shorten(text: str, length: int = 40) -> str:
    """Quote no more of a file than a person can read in one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= length else plain[: length - 1] + "…"
