"""The letters of a batch: the sealed codes joined to whom they go to, as a page to print or a file for the printer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import segno
from flask import current_app
from markupsafe import Markup

from pbudget.config import Settings
from pbudget.kit.spreadsheets import csv_bytes
from pbudget.roll import letter_queries
from pbudget.roll.generating import BatchNotFound, code_file
from pbudget.roll.queries import EntryView
from pbudget.roll.rules.codes import Code
from pbudget.roll.rules.letters import MAIL_MERGE_COLUMNS, LetterWords, addressee

QR_ERROR_CORRECTION = "m"


@dataclass(frozen=True)
class Letter:
    """One letter: its reference, its code, the address of the voting page with the code, and the window's lines."""

    reference: str
    lines: tuple[str, ...]
    code: str = field(repr=False)
    address: str = field(repr=False)

    @property
    def typed_address(self) -> str:
        """The address of the voting page as somebody types it: without `https://`, and without the code."""
        return self.address.partition("://")[2].partition("#")[0]

    @property
    def qr(self) -> Markup:
        """The address as a QR code: a drawing that stands in the page itself, made of nothing but squares."""
        made = segno.make_qr(self.address, error=QR_ERROR_CORRECTION)
        return Markup(made.svg_inline(border=4, omitsize=True))  # noqa: S704 - segno's own drawing, no text in it


def letters_of(batch_id: int, passphrase: str, round_slug: str = "", ward_name: str = "") -> list[Letter]:
    """Every letter of a batch in the order of the roll's files.

    Raises PassphraseWrong, CodeFileMissing or BatchNotFound.
    """
    if letter_queries.batch(batch_id) is None:
        raise BatchNotFound("There are no such letters.")
    secrets = {(code.selector, code.entry_id): code.secret for code in code_file(batch_id).read(passphrase)}
    return [
        _letter(entry, secrets[entry.reference, entry.id], round_slug, ward_name)
        for entry in letter_queries.entries_of_batch(batch_id)
        if (entry.reference, entry.id) in secrets
    ]


def voting_address(round_slug: str, code: Code) -> str:
    """Where a QR code leads: the code stands behind the `#`, which no browser sends and no log sees."""
    settings: Settings = current_app.extensions["settings"]
    return f"{settings.public_url}/rounds/{round_slug}/vote#{code.plain}"


def mail_merge(letters: Sequence[Letter], words: LetterWords) -> bytes:
    """The letters as a CSV for the council's printer: one row a letter, every cell safe to open in a spreadsheet."""
    rows = (
        [
            letter.reference,
            letter.code,
            letter.address,
            *[*letter.lines, *[""] * 8][:8],
            words.round_name,
            words.ward_name,
            words.closes,
        ]
        for letter in letters
    )
    return csv_bytes([MAIL_MERGE_COLUMNS, *rows])


def _letter(entry: EntryView, secret: str, round_slug: str, ward_name: str) -> Letter:
    code = Code(entry.reference, secret)
    lines = addressee(entry.name, entry.address, entry.postcode, entry.place, ward_name)
    return Letter(entry.reference, lines, code.grouped, voting_address(round_slug, code))
