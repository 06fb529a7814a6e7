"""Which passwords are refused. No list of leaked passwords is kept and nobody outside is asked.

What everybody would guess is taken out of the password, and what is left must still be long enough:

    "correct horse battery staple"   nothing to take out, 25 letters and digits left: fine
    "Ashmere-Council-2027"           Ashmere, Council and 2027 go, 0 left: refused
    "qwertyuiop123456"               two runs of keys go, 0 left: refused
    "aaaaaaaaaaaaaaaaaaaa"           one character, repeated: refused

Length 15 and no rule about kinds of characters: OWASP ASVS 5.0, 6.2.1, 6.2.4, 6.2.5, 6.2.9 and 6.2.11.
"""

import re
from collections.abc import Iterable

SHORTEST = 15
LONGEST = 128
FEWEST_KINDS = 6
"""Different characters a password has at least."""
FEWEST_LEFT = 8
"""Letters and digits that must remain when everything guessable has been taken out."""
SHORTEST_RUN = 4

ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
)
"""Characters that stand beside each other in the alphabet, among the digits or on a keyboard."""

COMMON = (
    "password passwort passphrase letmein welcome admin administrator login signin secret changeme default master "
    "temporary initial system server computer internet google office iloveyou sunshine princess monkey dragon "
    "football baseball superman batman starwars trustno chelsea arsenal liverpool manchester united everton "
    "spring summer autumn winter january february march april june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday council councillor officer steward auditor borough "
    "county district city town hall mayor ward participatory budget pbudget voting vote ballot local government"
)
LOOKALIKES = str.maketrans("0134578@$!", "oieastbasi")


def password_problem(password: str, own_words: Iterable[str] = ()) -> str:
    """What is wrong with a password, as the sentence staff read; empty when nothing is.

    `own_words` are names an attacker knows: the council's name, the person's email address.
    """
    if len(password) < SHORTEST:
        return f"Password must be {SHORTEST} characters or more. Three or four words that do not go together are good"
    if len(password) > LONGEST:
        return f"Password must be {LONGEST} characters or fewer"
    if len(set(password.lower())) < FEWEST_KINDS:
        return "Password repeats too few characters. Use three or four words that do not go together"
    if len(what_is_left(password, own_words)) < FEWEST_LEFT:
        return (
            "Password is too easy to guess. It is made of common words, names, dates or keys that are side by side. "
            "Use three or four words that do not go together"
        )
    return ""


def what_is_left(password: str, own_words: Iterable[str] = ()) -> str:
    """The letters and digits of a password without what everybody would guess."""
    text = without_repeats(password.lower())
    text = re.sub(r"(19|20)\d\d", "|", without_runs(text))
    words = {part for word in own_words for part in re.split(r"[^a-z]+", word.lower()) if len(part) > 2}
    for word in sorted({without_repeats(word) for word in {*words, *COMMON.split()}}, key=len, reverse=True):
        text = _without_word(text, word)
    return re.sub(r"[^\w]|_", "", without_repeats(text))


def without_runs(text: str) -> str:
    """The text with runs of four or more neighbouring characters, forwards or backwards, taken out."""
    kept, at = [], 0
    while at < len(text):
        length = _run_length(text[at:])
        kept.append("|" if length >= SHORTEST_RUN else text[at])
        at += length if length >= SHORTEST_RUN else 1
    return "".join(kept)


def _run_length(text: str) -> int:
    """How many of the first characters stand side by side in one row."""
    best = 1
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        length = best
        while length < len(text) and text[: length + 1] in row:
            length += 1
        best = max(best, length)
    return best


def without_repeats(text: str) -> str:
    """`abcabcabc` becomes `abc`, `zzzz` becomes `z`: a part said again adds nothing."""
    shorter = re.sub(r"(.+?)\1+", r"\1", text)
    return shorter if shorter == text else without_repeats(shorter)


def _without_word(text: str, word: str) -> str:
    """The text without a word, also where digits stand in for letters (`p4ssw0rd`)."""
    plain = text.translate(LOOKALIKES)
    at = plain.find(word)
    while at >= 0:
        text = text[:at] + "|" + text[at + len(word) :]
        plain = text.translate(LOOKALIKES)
        at = plain.find(word, at + 1)
    return text
