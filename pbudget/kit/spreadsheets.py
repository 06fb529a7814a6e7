"""CSV that a spreadsheet opens safely: one place for every table that leaves pbudget.

csv_bytes([["Title", "Cost"], ["=1+1", "5"]])  -> the cell reads '=1+1, so that no spreadsheet runs it.
"""

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """RFC 4180 with a byte-order mark, so that spreadsheets read UTF-8; text that would run as a formula is quoted."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_MINIMAL)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: object) -> object:
    """Text that starts like a formula gets an apostrophe in front; numbers stay as they are."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
