"""A table as somebody sends it: whatever the encoding and the separator, rows under known headings.

    read_table(b"Ward code;count\nE05000416;12\n").rows
        -> (Row(number=2, cells={"ward_code": "E05000416", "count": "12"}),)

Row numbers are those a spreadsheet shows: the heading is row 1.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

from pbudget.kit.errors import BadInput

SEPARATORS = (",", ";", "\t")
MOST_COLUMNS = 1_000
LONGEST_HEADING = 1024 * 1024
"""Characters of a first line that are read; a file of one endless line is no table."""
BLOCK = 1024 * 1024
SIGNATURES = (
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a spreadsheet (XLSX, ODS) or a zip file"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
    (b"\x1f\x8b", "a gzip file"),
    (b"SQLite format 3", "an SQLite database"),
)


class FileNotUsable(BadInput):
    """The file as a whole cannot be read; the message says what it is and what to send instead."""


@dataclass(frozen=True)
class Row:
    """One row under the heading: its number in a spreadsheet and its cells by heading, stripped."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class RaggedRow:
    """A row whose number of cells is not the heading's; `cells` are those that stand under one."""

    number: int
    found: int
    expected: int
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Table:
    """The headings (lower case, spaces as underscores) and the rows in file order; blank rows are left out."""

    headings: tuple[str, ...]
    rows: tuple[Row | RaggedRow, ...]
    encoding: str


@dataclass(frozen=True)
class OpenTable:
    """A table read row by row, for files too long to be held in memory. The rows can be gone through once."""

    headings: tuple[str, ...]
    rows: Iterator[Row | RaggedRow]
    encoding: str
    separator: str


def refuse_other_files(start: bytes, wanted: str) -> None:
    """Raise FileNotUsable when the first bytes are those of a picture, a spreadsheet, an archive or nothing at all."""
    if not start.strip(codecs.BOM_UTF8 + b" \t\r\n"):
        raise FileNotUsable(f"The file is empty. Send {wanted}.")
    for signature, what in SIGNATURES:
        if start.startswith(signature):
            raise FileNotUsable(f"The file is {what}, not {wanted}. Save or export it as {wanted} and send that.")


def decode(content: bytes, wanted: str) -> tuple[str, str]:
    """The text of a file and the encoding it was in: UTF-8, UTF-16 (with or without its mark) or Windows-1252.

    Raises FileNotUsable for anything that is not text.
    """
    refuse_other_files(content[:64], wanted)
    encoding = encoding_of(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileNotUsable(_no_text(error.start + 1)) from error
    if "\0" in text:
        raise FileNotUsable(_nul_complaint(text.count("\n", 0, text.index("\0")) + 1, wanted))
    return text, encoding


def encoding_of(content: bytes) -> str:
    """The encoding a file declares by its mark or shows by its zero bytes; else UTF-8 if valid, or Windows-1252."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = content[:400]
    if start[1::2].count(0) > len(start) * 0.4:
        return "utf-16-le"
    if start[::2].count(0) > len(start) * 0.4:
        return "utf-16-be"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def read_table(content: bytes) -> Table:
    """Read a whole CSV file. Raises FileNotUsable when it is not one, has no heading or an unclosed quotation mark."""
    text, encoding = decode(content, "a CSV file")
    separator, body = separator_of(text)
    records = _records(csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True))
    headings = _headings(next(records, (1, []))[1])
    return Table(headings, tuple(_rows(headings, records)), encoding)


@contextmanager
def open_table(file: BinaryIO) -> Iterator[OpenTable]:
    """Read a CSV file of any length row by row: once through to learn its encoding, then again for its rows.

    Raises FileNotUsable, at once or while the rows are gone through. The file stays the caller's to close.
    """
    encoding = _encoding_of_file(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        separator, heading = separator_of(text.readline(LONGEST_HEADING))
        if heading:
            text.seek(0)
        records = _records(csv.reader(text, delimiter=separator, strict=True))
        headings = _headings(next(records, (1, []))[1])
        yield OpenTable(headings, _rows(headings, records), encoding, separator)
    finally:
        text.detach()


def _encoding_of_file(file: BinaryIO) -> str:
    """Like `decode`, in blocks: the encoding, once every byte of the file was seen to be text in it."""
    start = file.read(400)
    refuse_other_files(start[:64], "a CSV file")
    declared = encoding_of(start)
    if declared.startswith("utf-16"):
        _refuse_unreadable(file, declared)
        return declared
    try:
        _refuse_unreadable(file, "utf-8-sig")
    except FileNotUsable:
        _refuse_unreadable(file, "cp1252")
        return "cp1252"
    return "utf-8-sig"


def _refuse_unreadable(file: BinaryIO, encoding: str) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = read = 0
    while block := file.read(BLOCK):
        try:
            text = decoder.decode(block)
        except UnicodeDecodeError as error:
            raise FileNotUsable(_no_text(read + error.start + 1)) from error
        if "\0" in text:
            raise FileNotUsable(_nul_complaint(lines + text.count("\n", 0, text.index("\0")) + 1, "a CSV file"))
        lines, read = lines + text.count("\n"), read + len(block)


def _no_text(byte: int) -> str:
    return f"Byte {byte} of the file is no text in any usual encoding. Save it as UTF-8 and send it again."


def _nul_complaint(line: int, wanted: str) -> str:
    return f"Line {line} holds a NUL character, so the file is damaged or is not {wanted}. Save it again."


def separator_of(text: str) -> tuple[str, str]:
    """The separator of a CSV text and the text without Excel's `sep=;` line, if it has one."""
    declared = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    if declared:
        return declared[1], text[declared.end() :]
    heading = text.lstrip().split("\n", 1)[0]
    return max(SEPARATORS, key=heading.count), text


def _records(reader: Iterable[list[str]]) -> Iterator[tuple[int, list[str]]]:
    """Number the records as a spreadsheet does, turning the csv module's complaints into ours."""
    number = 0
    records = iter(reader)
    while True:
        number += 1
        try:
            record = next(records)
        except StopIteration:
            return
        except csv.Error as error:
            raise FileNotUsable(_csv_complaint(number, str(error))) from error
        if any(cell.strip() for cell in record):
            yield number, record


def _csv_complaint(number: int, error: str) -> str:
    if "field larger" in error:
        return (
            f"Row {number} has a cell longer than {csv.field_size_limit():,} characters. Is a quotation mark missing?"
        )
    if "unexpected end" in error:
        return f'Row {number} opens a quotation mark (") that is never closed. Close it and send the file again.'
    return f'Row {number} has text after a closing quotation mark ("). Write a quotation mark inside a cell twice.'


def _headings(record: list[str]) -> tuple[str, ...]:
    """The heading row as names, without the blank columns a spreadsheet leaves at the end."""
    names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in record]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise FileNotUsable(
            f"The heading row has {len(names):,} columns and at most {MOST_COLUMNS:,} can be read. "
            "Is this the right file?"
        )
    repeated = sorted(name for name, times in Counter(names).items() if name and times > 1)
    if repeated:
        raise FileNotUsable(f"The heading “{repeated[0]}” stands over two columns. Remove or rename one of them.")
    return tuple(names)


def _rows(headings: tuple[str, ...], records: Iterable[tuple[int, list[str]]]) -> Iterator[Row | RaggedRow]:
    for number, record in records:
        cells = [cell.strip() for cell in record]
        while len(cells) > len(headings) and not cells[-1]:
            cells.pop()
        if len(cells) != len(headings):
            yield RaggedRow(number, len(cells), len(headings), dict(zip(headings, cells, strict=False)))
        else:
            yield Row(number, dict(zip(headings, cells, strict=True)))
