"""Numbers as people read them: exact, with thousands separated. Example: 16904 votes are "16,904 votes"."""

from fractions import Fraction

from pbudget.tally.election import Number


def ordinal(number: int) -> str:
    """Say a place: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def counted(number: Number, noun: str) -> str:
    """Say how many of a noun: "1 vote", "16,904 votes", "2.5 points"; fractions that never end stay fractions."""
    return f"{number_text(number)} {noun if number == 1 else noun + 's'}"


def number_text(number: Number) -> str:
    """Print a number exactly: thousands separated, decimals where they end, else a fraction such as 5/3."""
    if isinstance(number, int) or number.denominator == 1:
        return f"{int(number):,}"
    for decimals in (1, 2, 3, 4, 5, 6):
        if 10**decimals % number.denominator == 0:
            return f"{float(number):,.{decimals}f}"
    return f"{number.numerator}/{number.denominator}"


def percent(share: Fraction) -> str:
    """Say a share as a percentage with no more decimals than it needs: "12%", "0.5%"."""
    return f"{number_text(share * 100)}%"
