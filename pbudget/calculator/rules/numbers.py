"""Percentages as whole hundredths of a per cent, and amounts as whole pence; no floating-point number anywhere.

read_percent("-10") -> -1000    read_percent("+2.99 %") -> 299    say_percent(-1000) -> "-10"
rounded(Fraction(5, 2)) -> 3    rounded(Fraction(-5, 2)) -> -3
"""

import re
from fractions import Fraction

from pbudget.kit.errors import BadInput
from pbudget.kit.money import format_money, read_money

WHOLE = 10_000
"""A hundred per cent, in hundredths of a per cent."""
MILLION = 100_000_000
"""A million pounds, in pence."""
PERCENT = re.compile(r"([+-]?)([0-9]{1,4})(?:\.([0-9]{1,2})0*)?%?")
SPACES = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE} "))
MINUS = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}", "-"))


class NumberNotUsable(BadInput):
    """What was typed is no percentage or amount that can be used; the message says how to write it."""


def rounded(amount: Fraction) -> int:
    """The nearest whole number, halves away from zero: the one rounding of every effect."""
    whole = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return whole if amount >= 0 else -whole


def read_percent(typed: str) -> int:
    """A percentage in hundredths; a percent sign and a long minus do no harm. Raises NumberNotUsable."""
    found = PERCENT.fullmatch(typed.translate(SPACES).translate(MINUS))
    if not found:
        raise NumberNotUsable("Enter a percentage as a number, for example -10 or 2.5")
    hundredths = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -hundredths if found[1] == "-" else hundredths


def read_pounds(typed: str) -> int:
    """An amount of pounds in pence; pound signs, commas and every kind of space do no harm. Raises BadInput."""
    return read_money(typed.translate(SPACES))


def say_percent(hundredths: int) -> str:
    """A percentage as somebody would type it: "-10", "2.99", "0"."""
    whole, rest = divmod(abs(hundredths), 100)
    decimals = f".{rest:02}".rstrip("0") if rest else ""
    return f"{'-' if hundredths < 0 else ''}{whole}{decimals}"


def say_pounds(pence: int) -> str:
    """An amount as it is read, exactly: "£400,000", "£24.27", "-£3"."""
    return format_money(pence, "GBP")


def say_whole_pounds(pence: int) -> str:
    """An amount to the nearest pound, for figures whose pence say nothing."""
    return say_pounds(rounded(Fraction(pence, 100)) * 100)


def say_short(pence: int) -> str:
    """An amount for a heading: "£6.2 million" from a million pounds on, else to the pound."""
    if abs(pence) < MILLION:
        return say_whole_pounds(pence)
    tenths = rounded(Fraction(abs(pence) * 10, MILLION))
    whole, rest = divmod(tenths, 10)
    return f"{'-' if pence < 0 else ''}£{whole:,}{f'.{rest}' if rest else ''} million"
