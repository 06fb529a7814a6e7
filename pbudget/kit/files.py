"""Small private files that several processes may want to make at the same moment. Only the standard library."""

import os
import secrets
from pathlib import Path


def put_once(path: Path, content: str) -> bool:
    """Write a file that only its owner may read, unless there is one. True where it was written.

    It appears whole and synced to the disk, or not at all: nobody ever reads half of it, whoever is killed meanwhile.
    What a killed writer leaves is beside it, named `.NAME.…`. ASCII only. Raises OSError where it cannot be written.
    """
    draft = path.with_name(f".{path.stem}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
        sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
