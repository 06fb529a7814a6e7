"""What the worker does for the roll: load a file, make codes, clear away what must not lie about."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pbudget.jobs.progress import Progress
from pbudget.roll import letter_queries, queries
from pbudget.roll.generating import generate_codes, purge_code_files
from pbudget.roll.identify import clock
from pbudget.roll.importing import clear_interrupted_imports, import_roll
from pbudget.roll.rules.roll_file import RollTerms
from pbudget.roll.uploads import kept_upload, purge_uploads, remove_upload
from pbudget.wards.queries import wards_of_postcodes

LOAD_ROLL, MAKE_CODES = "load roll", "make codes"


def load_roll(payload: Mapping[str, Any], progress: Progress) -> None:
    """Load a file that an officer looked through and confirmed. Begun again after a kill, it loads nothing twice."""
    loaded = {file.sha256 for file in queries.roll_files(payload["round"])}
    if payload["sha256"] not in loaded:
        import_roll(
            kept_upload(payload["round"], payload["upload"]),
            payload["round"],
            terms_for(payload["wards"], payload["youngest"], date.fromisoformat(payload["on"]), payload.get("oldest")),
            file_name=payload["file_name"],
            adding=payload["adding"],
            actor=payload["actor"],
            progress=progress,
        )
    remove_upload(payload["round"], payload["upload"])


def make_codes(payload: Mapping[str, Any], progress: Progress) -> None:
    """Make the codes of a batch, from wherever an earlier worker left off."""
    batch = letter_queries.batch(payload["batch"])
    if batch and batch.state == "making":
        generate_codes(batch.id, progress)


def clear_away() -> None:
    """Delete plain codes and uploads whose time is over, and what interrupted imports left."""
    now = clock().now()
    purge_code_files(now)
    purge_uploads(now)
    clear_interrupted_imports()


def terms_for(wards: Mapping[str, int], youngest: int, on: date, oldest: int | None = None) -> RollTerms:
    """What the rows of a roll are held against: these wards (ids by code), every known postcode, ages on a day."""
    return RollTerms(wards, wards_of_postcodes(), youngest, on, oldest=oldest)
