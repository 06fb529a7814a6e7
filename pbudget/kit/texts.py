"""Text that somebody sent: characters nobody can see, which can turn a line round or hide what it says; numbers.

without_hidden("Park \\u202etxt.exe")  ->  "Park txt.exe"
whole_number("12") -> 12, whole_number("²") -> None
"""

import unicodedata
from collections.abc import Sequence

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of the text after them."""

MOST_DIGITS = 15


def is_hidden(letter: str) -> bool:
    """Whether a character is a control character or turns the text; a joiner inside an emoji may stay."""
    return letter in TURNING or (unicodedata.category(letter) == "Cc" and letter not in "\n\t")


def without_hidden(text: str) -> str:
    """The text without them."""
    return text if text.isprintable() else "".join(letter for letter in text if not is_hidden(letter))


def tidy(typed: str | None) -> str | None:
    """What was typed on a form, without hidden characters and without space around it."""
    return without_hidden(typed.replace("\r\n", "\n")).strip() if typed else typed


def whole_number(typed: str) -> int | None:
    """The whole number that was typed in plain digits; None where it is none, or has more digits than anybody needs."""
    text = typed.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else list(names))
