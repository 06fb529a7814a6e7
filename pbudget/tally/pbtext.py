"""From a path or bytes to the rows of a Pabulib file, with line numbers; refuses what is not such a text at all.

Example: `PbText(b"META\\nkey;value\\n", "a.pb").rows()` yields (1, ["META"]) and (2, ["key", "value"]).
"""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from pbudget.kit.errors import BadInput
from pbudget.tally.amounts import shorten

LARGEST_FILE = 64_000_000
"""Bytes. The largest published file is about a fifth of this; a file is read into memory once."""

TOO_LONG = f"a text is longer than {csv.field_size_limit():,} characters; is a quotation mark opened and not closed?"
SIGNATURES = {
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"\x1f\x8b": "a compressed file",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
}


class PbText:
    """The text of one file. `name` is what messages call it."""

    def __init__(self, source: Path | bytes, name: str, encoding: str = "utf-8") -> None:
        self.name = name
        self.data = source if isinstance(source, bytes) else self._load(source)
        if len(self.data) > LARGEST_FILE:
            self._too_large(len(self.data))
        self.encoding = self._encoding(encoding)
        self._refuse_other_kinds()

    def refuse(self, line: int, why: str) -> NoReturn:
        """Raise `BadInput` naming the file, the line (0: the whole file) and the reason."""
        raise BadInput(f"{self.name}, line {line}: {why}." if line else f"{self.name}: {why}.")

    def rows(self) -> "Rows":
        """Start reading from the first line."""
        return Rows(self)

    @property
    def ends_with_a_line_end(self) -> bool:
        """Whether the last line is finished; a file cut off in the middle usually is not."""
        return self.data.endswith((b"\n", b"\r", b"\n\0"))

    def _load(self, path: Path) -> bytes:
        """Read a file whose size was looked at first."""
        try:
            if path.is_dir():
                self.refuse(0, "this is a folder, not a Pabulib file")
            if not path.exists():
                self.refuse(0, "there is no such file")
            if not path.is_file():
                self.refuse(0, "this is not an ordinary file")
            if path.stat().st_size > LARGEST_FILE:
                self._too_large(path.stat().st_size)
            return path.read_bytes()
        except OSError as error:
            self.refuse(0, f"the file cannot be read ({error.strerror or error})")

    def _too_large(self, size: int) -> NoReturn:
        """Refuse a file no election can have written."""
        self.refuse(0, f"the file has {size // 1_000_000:,} MB and the limit is {LARGEST_FILE // 1_000_000} MB")

    def _encoding(self, wanted: str) -> str:
        """Choose the decoder: a byte-order mark decides, else what was asked for."""
        if self.data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            name = codecs.lookup(wanted).name
        except LookupError:
            raise BadInput(f"“{wanted}” is not an encoding. Use utf-8, cp1250 or iso8859-2, for example.") from None
        return "utf-8-sig" if name == "utf-8" else name

    def _refuse_other_kinds(self) -> None:
        """Refuse an empty file, a picture, a text in another encoding and a text with zero bytes in it."""
        for signature, kind in SIGNATURES.items():
            if self.data.startswith(signature):
                self.refuse(0, f"this is {kind}, not a Pabulib file")
        if not self.data.strip():
            self.refuse(0, "the file is empty")
        if self.encoding != "utf-16" and b"\0" in self.data:
            self.refuse(self._line_at(self.data.index(b"\0")), "there is a zero byte, so this is not a text file")
        try:
            codecs.decode(self.data, self.encoding)
        except UnicodeDecodeError as error:
            found = f"the byte 0x{self.data[error.start]:02x}" if error.start < len(self.data) else "the end"
            self.refuse(
                self._line_at(error.start),
                f"{found} is not {self.encoding.removesuffix('-sig').upper()} text; save the file as UTF-8, "
                "or name its encoding with --encoding (cp1250, for example)",
            )

    def _line_at(self, position: int) -> int:
        """Find the line a byte is on."""
        return self.data.count(b"\n", 0, position) + 1


class Rows:
    """Iterates over the rows of a `PbText` as lists of cells; `line` is where the row just read began."""

    def __init__(self, text: PbText) -> None:
        self.text = text
        lines = io.TextIOWrapper(io.BytesIO(text.data), text.encoding, newline="")
        self.reader = csv.reader(lines, delimiter=";")
        self.line = 1

    def __iter__(self) -> Iterator[list[str]]:
        """Yield every row that has something in it."""
        while True:
            self.line = self.reader.line_num + 1
            try:
                row = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                self.text.refuse(self.line, TOO_LONG if "field larger" in str(error) else str(error))
            if row and (row[0].strip() or any(cell.strip() for cell in row)):
                yield row

    def cells(self, header: list[str], row: list[str], section: str) -> list[str]:
        """Fit a row to its header: cells stripped, missing ones at the end empty, surplus ones refused unless empty."""
        if len(row) > len(header) and any(cell.strip() for cell in row[len(header) :]):
            surplus = shorten(row[len(header)])
            self.text.refuse(
                self.line,
                f"the row in {section} has {len(row)} fields and its header {len(header)} (the first too many is "
                f"“{surplus}”); a text with ; in it must be in quotation marks",
            )
        cells = [cell.strip() for cell in row[: len(header)]]
        return cells + [""] * (len(header) - len(cells))
