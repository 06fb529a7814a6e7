"""Voting codes: 13 characters of Crockford base 32, shown 4-4-5.

    7Q4K-9XTM-2BXPP
    ^^^^               selector: finds the row, unique in the round; also the letter's reference
         ^^^^ ^^^^     secret: 40 bits, kept only as a scrypt hash
                  ^    check character: Luhn mod 32 over the twelve before it

The check character finds every single wrong character and nearly every swap of two neighbours, so a slip of the
finger is told apart from a wrong code before anything is looked up. Alphabet: Crockford, "Base 32" (no I, L, O, U).
Check: the Luhn mod N algorithm, Luhn's formula (US patent 2,950,048) over an alphabet of N characters.
"""

import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from pbudget.kit.errors import BadInput

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BASE = len(ALPHABET)
SELECTOR_LENGTH, SECRET_LENGTH = 4, 8
CODE_LENGTH = SELECTOR_LENGTH + SECRET_LENGTH + 1
SELECTORS = BASE**SELECTOR_LENGTH
LONGEST_TYPED = 500
VALUES = {character: value for value, character in enumerate(ALPHABET)}
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})

Draw = Callable[[int], int]
"""A number from 0 up to, not including, its argument. Only `secrets.randbelow` outside tests of this module."""


class CodeNotUsable(BadInput):
    """What was typed cannot be a voting code; the message tells the resident what to look for on the letter."""


class CodeMissing(CodeNotUsable):
    """Nothing was typed."""


class CodeTooShort(CodeNotUsable):
    """Characters are missing; the message says how many were read."""


class CodeTooLong(CodeNotUsable):
    """There are characters too many; the message says how many were read."""


class CodeHasWrongCharacter(CodeNotUsable):
    """A character that no code contains; the message names it."""


class CodeMistyped(CodeNotUsable):
    """The check character does not agree: at least one character differs from the letter's."""


@dataclass(frozen=True)
class Code:
    """A voting code taken apart. The secret is left out of its `repr`, so that no log or traceback can show it."""

    selector: str
    secret: str = field(repr=False)

    @property
    def plain(self) -> str:
        """The 13 characters in a row, for a QR code or an address's fragment."""
        return self.selector + self.secret + check_character(self.selector + self.secret)

    @property
    def grouped(self) -> str:
        """As the letter shows it: `7Q4K-9XTM-2BXPP`."""
        plain = self.plain
        return f"{plain[:4]}-{plain[4:8]}-{plain[8:]}"


def check_character(text: str) -> str:
    """The Luhn mod 32 check character. `check_character("7Q4K9XTM2BXP")` is one character of ALPHABET."""
    total = 0
    for place, character in enumerate(reversed(text)):
        product = VALUES[character] * (2 if place % 2 == 0 else 1)
        total += product // BASE + product % BASE
    return ALPHABET[-total % BASE]


def selector_at(number: int) -> str:
    """The selector of a number from 0 to 1,048,575, and so one number for each selector: `selector_at(33)` is 0011."""
    return "".join(ALPHABET[number // BASE**place % BASE] for place in reversed(range(SELECTOR_LENGTH)))


def make_secret(draw: Draw = secrets.randbelow) -> str:
    """Eight characters, 40 bits, from the system's source of randomness."""
    return "".join(ALPHABET[draw(BASE)] for _ in range(SECRET_LENGTH))


def make_code(draw: Draw = secrets.randbelow) -> Code:
    """A code drawn at random; that its selector is new in the round is the caller's to see to."""
    return Code(selector_at(draw(SELECTORS)), make_secret(draw))


def parse_code(typed: str, source: str = "letter") -> Code:
    """Read a code as typed, pasted or scanned: any case, spaces, hyphens, O for 0, I or L for 1, or a whole address.

    `source` is what the person has it from, in the messages: a letter or an e-mail. Raises CodeMissing, CodeTooShort,
    CodeTooLong, CodeHasWrongCharacter or CodeMistyped, each with what to do.
    """
    plain = plain_characters(typed)
    if not plain:
        raise CodeMissing(f"Enter the code from your {source}")
    _refuse_wrong_characters(plain, source)
    if len(plain) < CODE_LENGTH:
        raise CodeTooShort(f"Your code has {CODE_LENGTH} characters and you entered {len(plain)}. Check your {source}")
    if len(plain) > CODE_LENGTH:
        raise CodeTooLong(f"Your code has {CODE_LENGTH} characters and you entered {len(plain)}. Check your {source}")
    code = Code(plain[:SELECTOR_LENGTH], plain[SELECTOR_LENGTH:-1])
    if check_character(plain[:-1]) != plain[-1]:
        raise CodeMistyped(f"One of the characters is not as it is on your {source}. Check the code and enter it again")
    return code


def parse_selector(typed: str) -> str:
    """Read the reference of a letter, the first four characters of its code; a whole code will do.

    Raises CodeNotUsable. `parse_selector("7q4k")` is `7Q4K`.
    """
    plain = plain_characters(typed)
    if len(plain) == CODE_LENGTH:
        return parse_code(typed).selector
    _refuse_wrong_characters(plain)
    if len(plain) != SELECTOR_LENGTH:
        raise CodeTooShort(f"A letter’s reference has {SELECTOR_LENGTH} characters, for example 7Q4K")
    return plain


def plain_characters(typed: str) -> str:
    """What was typed without the address before it, spaces and dashes; capitals, look-alikes replaced."""
    text = unicodedata.normalize("NFKC", typed[:LONGEST_TYPED]).rpartition("#")[2].upper()
    kept = (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Pd", "Cf", "Cc"))
    return "".join(kept).translate(LOOK_ALIKES)


def _refuse_wrong_characters(plain: str, source: str = "letter") -> None:
    wrong = next((character for character in plain if character not in VALUES), None)
    if wrong == "U":
        raise CodeHasWrongCharacter(f"Voting codes do not have the letter U. Check your {source}: it may be a V")
    if wrong:
        raise CodeHasWrongCharacter(f"A voting code has only letters and numbers. Check your {source}")
