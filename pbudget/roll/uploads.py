"""Files that officers sent and are looking through before they confirm: kept for a day where only we can read.

A file belongs to the round it was sent for: under any other round its name leads nowhere.
"""

import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from pbudget.config import Settings
from pbudget.kit.errors import BadInput

KEPT_FOR = timedelta(hours=24)
BLOCK = 1024 * 1024


class UploadGone(BadInput):
    """The file was loaded, withdrawn, or lay for more than a day; the officer sends it again."""


def keep_upload(round_id: int, sent: BinaryIO) -> str:
    """Store a file for a round under a random name; the name."""
    name = secrets.token_hex(16)
    path = upload_path(round_id, name)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file:
        while block := sent.read(BLOCK):
            file.write(block)
    return name


def upload_path(round_id: int, name: str) -> Path:
    """Where a kept file lies. Only names that `keep_upload` makes lead anywhere."""
    if not re.fullmatch(r"[0-9a-f]{32}", name):
        raise UploadGone("This file is not here any more. Send it again.")
    return _folder() / f"{round_id}-{name}.csv"


def kept_upload(round_id: int, name: str) -> Path:
    """The path of a file that is still here. Raises UploadGone."""
    path = upload_path(round_id, name)
    if not path.is_file():
        raise UploadGone("This file is not here any more. Send it again.")
    return path


def remove_upload(round_id: int, name: str) -> None:
    """Delete a kept file; that it is gone already is fine."""
    upload_path(round_id, name).unlink(missing_ok=True)


def purge_uploads(now: datetime) -> int:
    """Delete the files that were not loaded within a day; how many."""
    due = [path for path in _folder().glob("*.csv") if _sent_at(path) <= now - KEPT_FOR]
    for path in due:
        path.unlink(missing_ok=True)
    return len(due)


def _sent_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _folder() -> Path:
    settings: Settings = current_app.extensions["settings"]
    folder = settings.instance / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
