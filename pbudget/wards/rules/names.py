"""Ward codes, names and the labels people read.

is_ward_code("E05000416")      -> True
slug_of("Lambeth (2002)")      -> "lambeth-2002"
dimension_label("sex_16plus")  -> "Sex, aged 16 and over"
"""

import re
import unicodedata

from pbudget.kit.errors import BadInput
from pbudget.kit.slugs import LONGEST, slug
from pbudget.kit.texts import TURNING

WARD_CODE = re.compile(r"E05\d{6}", re.ASCII)
DEMO_CODE = re.compile(r"X99\d{6}", re.ASCII)
DEMO_SOURCE = "SYNTHETIC DEMO - NOT REAL"
LONGEST_NAME = 120
FORMULA_STARTS = ("=", "+", "-", "@")
"""Characters nobody sees that turn round the text after them: a name must not change how figures beside it read."""
OVER_16 = "_16plus"
LETTERS_OF_SEX = {"F": "Female", "M": "Male"}


class BoroughNameNotUsable(BadInput):
    """The borough's name is empty, too long or has no letter or digit; the person is told which."""


def is_ward_code(code: str, *, demo: bool = False) -> bool:
    """Whether `code` is an English ward's ONS code, or in demo mode a made-up one (X99 and six digits)."""
    return bool((DEMO_CODE if demo else WARD_CODE).fullmatch(code))


def why_not_a_ward_code(code: str, *, demo: bool = False) -> str | None:
    """The sentence that says what is wrong with a code, or None when it is right."""
    if is_ward_code(code, demo=demo):
        return None
    if not code:
        return "the ward code is missing. It looks like E05000416."
    if is_ward_code(code, demo=not demo):
        return f"ward code {code} {'is a real one: a demo uses X99 and six digits' if demo else 'is for demos only'}."
    return f"“{_short(code)}” is not a ward code. It looks like E05000416: E05 and six digits."


def why_not_a_name(text: str) -> str | None:
    """What is wrong with a name or label that will stand in pages, maps and downloads, or None."""
    if len(text) > LONGEST_NAME:
        return f"“{_short(text)}” is longer than {LONGEST_NAME} characters. Shorten it."
    if any(c in TURNING or unicodedata.category(c) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} for c in text):
        return f"“{_short(text)}” holds an invisible control character. Type it again."
    if text.startswith(FORMULA_STARTS):
        return (
            f"“{_short(text)}” begins with “{text[0]}”, which a spreadsheet would run as a formula. Remove that sign."
        )
    return None


def tidy(text: str) -> str:
    """One spelling for text that looks the same: composed letters (Unicode NFC), single spaces, none at the ends."""
    return re.sub(r"[ \t\r\n\u00a0]+", " ", unicodedata.normalize("NFC", text)).strip()


def slug_of(name: str) -> str:
    """The borough's part of an address: `Telford & Wrekin` becomes `telford-and-wrekin`.

    Raises BoroughNameNotUsable when nothing is left, or so much that two boroughs could be taken for one.
    """
    found = slug(name.replace("&", " and "))
    if found == slug("") or len(found) >= LONGEST:
        raise BoroughNameNotUsable(f"A borough's name needs a letter or a digit and fewer than {LONGEST} characters.")
    return found


def dimension_label(dimension: str) -> str:
    """A dimension of the baseline in words: `ethnic_group` becomes `Ethnic group`."""
    words = dimension.removesuffix(OVER_16).replace("_", " ")
    suffix = ", aged 16 and over" if dimension.endswith(OVER_16) else ""
    return words[:1].upper() + words[1:] + suffix


def group_label(dimension: str, group: str) -> str:
    """A group in words: F and M of the sex tables become Female and Male, everything else is as the file has it."""
    if dimension.removesuffix(OVER_16) == "sex":
        return LETTERS_OF_SEX.get(group, group)
    return group.replace("-", "–") if re.fullmatch(r"\d+-\d+", group) else group


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text[:40])
    return shown + ("…" if len(text) > 40 else "")
