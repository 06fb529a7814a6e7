"""What a letter says and where, in the words the council gives and the positions a window envelope needs."""

from dataclasses import dataclass

MAIL_MERGE_COLUMNS = (
    "letter_reference",
    "code",
    "address_of_voting_page",
    *(f"line_{number}" for number in range(1, 9)),
    "round",
    "ward",
    "voting_closes",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


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


def safe_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before `=`, `+`, `-`, `@`, tab and return."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def languages_given(typed: str) -> tuple[tuple[str, str], ...]:
    """The council's lines in other languages, as `cy: I gael …`, one a line; a line without a tag has none.

    languages_given("cy: Ffoniwch 0800\\nar: …")  -> (("cy", "Ffoniwch 0800"), ("ar", "…"))
    """
    found = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        tag, colon, text = line.partition(":")
        tagged = colon and 2 <= len(tag.strip()) <= 8 and tag.strip().replace("-", "").isalpha()
        found.append((tag.strip().lower(), text.strip()) if tagged else ("", line))
    return tuple(found)


RIGHT_TO_LEFT = ("ar", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi")


def direction(language: str) -> str:
    """`rtl` for a language written from right to left, else `ltr`."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
