"""Text that somebody sent: characters nobody can see, which can turn a line round or hide what it says.

without_hidden("Park \\u202etxt.exe")  ->  "Park txt.exe"
"""

import unicodedata

TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of the text after them."""


def is_hidden(letter: str) -> bool:
    """Whether a character is a control character or turns the text; a joiner inside an emoji may stay."""
    return letter in TURNING or (unicodedata.category(letter) == "Cc" and letter not in "\n\t")


def without_hidden(text: str) -> str:
    """The text without them."""
    return text if text.isprintable() else "".join(letter for letter in text if not is_hidden(letter))
