"""What a letter says and where, in the words the council gives and the positions a window envelope needs."""

import re
from dataclasses import dataclass
from typing import ClassVar

MAIL_MERGE_COLUMNS = (
    "letter_reference",
    "code",
    "address_of_voting_page",
    *(f"line_{number}" for number in range(1, 9)),
    "round",
    "ward",
    "voting_closes",
)
PHONE_NUMBER = re.compile(r"\+?\d[\d ()-]{4,}\d")
LEFT_TO_RIGHT, AS_BEFORE = "\u2066", "\u2069"
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(frozen=True)
class LetterWords:
    """What every letter of a batch says. `other_languages` is the council's own text, a line a language."""

    round_name: str
    ward_name: str
    opens: str = ""
    closes: str = ""
    phone: str = ""
    other_languages: tuple[tuple[str, str], ...] = ()
    """(language tag, text): `("cy", "I gael y llythyr hwn yn Gymraeg, ffoniwch …")`."""
    scan: ClassVar[str] = "Scan the square with a phone, or go to"
    enter: ClassVar[str] = "and enter this code:"
    test: ClassVar[str] = "Test letter: its code cannot be used to vote"

    @property
    def heading(self) -> str:
        """The letter's heading."""
        return f"{self.round_name}: your voting code"

    @property
    def opening(self) -> str:
        """What the letter is about, and from when until when."""
        dates = [f"Voting opens: {self.opens}."] * bool(self.opens) + [f"Voting closes: {self.closes}."] * bool(
            self.closes
        )
        return " ".join([f"You can help decide how money is spent in {self.ward_name}.", *dates])

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands below the code, a paragraph each."""
        return (
            "Keep this code to yourself. Whoever has it can vote in your place.",
            "You can change your mind: vote again with the same code until voting closes. Only your last vote counts. "
            "Nobody can see from this letter how you voted.",
            "If this letter is not for you, put it back in the post marked “return to sender”.",
            self.help_line,
        )

    @property
    def help_line(self) -> str:
        """What to do for help, in another language or in another form, when the council gave no text of its own."""
        ask = f"phone {self.phone}" if self.phone else "contact the council"
        return f"For help, or for this letter in another language, in large print or in Braille, {ask}."


def addressee(name: str, address: str, postcode: str, place: int, ward_name: str) -> tuple[str, ...]:
    """The lines in the envelope's window.

    addressee("Test Resident", "1 Test Road", "SE1 7AB", 1, "")  -> ("Test Resident", "1 Test Road", "SE1 7AB")
    addressee("", "1 Test Road", "SE1 7AB", 2, "")               -> ("Resident 2", "1 Test Road", "SE1 7AB")
    addressee("", "", "", 17, "Riverside")                       -> ("A resident of Riverside",)
    """
    if not address and not name:
        return (f"A resident of {ward_name}" if ward_name else "A resident",)
    whom = name or (f"Resident {place}" if place > 1 else "Resident")
    return tuple(line for line in (whom, *address.split("\n"), postcode) if line)


def languages_given(typed: str) -> tuple[tuple[str, str], ...]:
    """The council's lines in other languages, as `cy: I gael …`, one a line; a line without a tag has none.

    languages_given("cy: Ffoniwch 0800\\nar: …")  -> (("cy", "Ffoniwch 0800"), ("ar", "…"))
    languages_given("Polish: zadzwoń")             -> (("", "Polish: zadzwoń"),)

    A phone number in a line written from right to left stays as it is dialled: its groups would be turned round.
    """
    found = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        tag, _, text = line.partition(":")
        tagged = text.strip() and LANGUAGE_TAG.fullmatch(tag.strip().lower())
        language = tag.strip().lower() if tagged else ""
        found.append((language, _as_dialled(text.strip() if tagged else line, language)))
    return tuple(found)


def _as_dialled(text: str, language: str) -> str:
    if direction(language) == "ltr":
        return text
    return PHONE_NUMBER.sub(lambda number: f"{LEFT_TO_RIGHT}{number[0]}{AS_BEFORE}", text)


RIGHT_TO_LEFT = ("ar", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi")


def direction(language: str) -> str:
    """`rtl` for a language written from right to left, else `ltr`."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
