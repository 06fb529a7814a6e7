"""Money: whole pence in, words out."""


def format_money(minor: int, currency: str = "GBP", units: int = 100) -> str:
    """`5233400` is `£52,334`."""
    symbol = {"GBP": "£", "EUR": "€", "USD": "$"}.get(currency, currency + " ")
    whole, part = divmod(abs(minor), units)
    return f"{'-' if minor < 0 else ''}{symbol}{whole:,}" + (f".{part * 100 // units:02}" if part else "")
