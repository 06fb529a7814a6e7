"""Money as whole numbers of the smallest unit (pence, cents), and how a person writes and reads it.

`format_money(5233400, "GBP")` is "£52,334". No locale data is loaded: `pbudget count` has 0.6 CPU s for everything.
"""

import re

from pbudget.kit.errors import BadInput

DEAREST = 10**12
TYPED = re.compile(r"£?([0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,18})(?:\.([0-9]{1,2}))?")
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
BEFORE = {"GBP": "£", "EUR": "€", "USD": "$"}
AFTER = {"PLN": "zł", "HUF": "Ft", "CZK": "Kč"}


class MoneyNotUsable(BadInput):
    """An amount that was typed is not one; the message says how to write it."""


def read_money(typed: str, units: int = 100) -> int:
    """An amount in the smallest unit: `£12,000.50` is 1200050 of 100 to the pound. Raises MoneyNotUsable."""
    found = TYPED.fullmatch(typed.strip().replace(" ", ""))
    if not found:
        raise MoneyNotUsable("Enter an amount in pounds, for example 12,000 or 12000.50")
    decimals = len(str(units)) - 1
    pence = (found[2] or "").ljust(decimals, "0")
    amount = int(found[1].replace(",", "")) * units + int(pence[:decimals] or 0)
    if amount > DEAREST:
        raise MoneyNotUsable(f"An amount can be at most £{DEAREST // 100:,}")
    return amount


def amount_text(minor: int, units: int = 100) -> str:
    """Say an amount as a plain decimal number, exactly: 5233450 of 100 to the pound is "52334.50".

    `units` is the number of smallest units in one unit of currency, a power of ten. A whole amount has no decimals;
    any other has two, or as many as it takes to lose nothing.
    """
    whole, rest = divmod(abs(minor), units)
    sign = "-" if minor < 0 else ""
    if rest == 0:
        return f"{sign}{whole}"
    decimals = str(rest).zfill(len(str(units)) - 1).rstrip("0").ljust(2, "0")
    return f"{sign}{whole}.{decimals}"


def format_money(minor: int, currency: str, units: int = 100) -> str:
    """Say an amount the way it is read: "£52,334", "£24.27", "1,603,000 zł", "CHF 5,000", "-£3".

    An unknown or empty currency code goes in front as it stands. Amounts finer than two decimals are printed in full.
    """
    number = amount_text(abs(minor), units)
    whole, point, decimals = number.partition(".")
    number = f"{int(whole):,}{point}{decimals}"
    return ("-" if minor < 0 else "") + _with_currency(number, currency)


def _with_currency(number: str, currency: str) -> str:
    """Put the sign of the currency where its readers expect it."""
    if currency in BEFORE:
        return BEFORE[currency] + number
    if currency in AFTER:
        return f"{number}{NO_BREAK_SPACE}{AFTER[currency]}"
    return f"{currency}{NO_BREAK_SPACE}{number}" if currency else number
