"""Key files: each appears whole or not at all, is read again only when it changes, and is overwritten when it goes.

keys/spring-2027/round.key   guard.key   signing.key        64 hex digits each; folders 0700, files 0600
"""

import os
import re
import secrets
import stat
import threading
from functools import lru_cache
from pathlib import Path

from pbudget.keys.rules import KEY_BYTES
from pbudget.kit.errors import PbudgetError
from pbudget.kit.files import put_once, sync_folder

NAMES = ("round", "guard", "signing")
DESTROYED = "destroyed"
_seen: dict[Path, tuple[tuple[int, ...], bytes]] = {}
_seen_lock = threading.Lock()


class KeyMissing(PbudgetError):
    """A key file is not on this machine: nothing is cast, and the message names the file and the way to restore it."""


class KeyNotPrivate(PbudgetError):
    """Others may read a key file: it is not used until its permissions are mended."""


class KeysDestroyed(PbudgetError):
    """The round's keys were destroyed when it was sealed; they can be neither used nor made again."""


def create_folder(folder: Path, round_slug: str) -> Path:
    """The folder of a round's keys, made where it is not there; KeysDestroyed where they were destroyed."""
    place = place_of(folder, round_slug)
    refuse_destroyed(place)
    for each in (folder, place):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        each.chmod(0o700)
    return place


def put_key(place: Path, name: str, key: bytes) -> bool:
    """Write a key file that is not there yet, whole and synced to the disk; False where there is one."""
    return put_once(file_of(place, name), key.hex() + "\n")


def destroy_key(place: Path, name: str) -> None:
    """Overwrite and remove one key and leave a mark, so that it is never made again."""
    _mark_destroyed(mark_of(place, name))
    _overwrite(file_of(place, name))
    sync_folder(place)
    with _seen_lock:
        _seen.pop(file_of(place, name), None)


def remove_drafts(place: Path) -> None:
    """Overwrite and remove what a cut-off start left half made."""
    for draft in place.glob(".*"):
        _overwrite(draft)


@lru_cache(maxsize=256)  # paths are asked for with every vote, and making one takes longer than looking at its file
def place_of(folder: Path, round_slug: str) -> Path:
    """The folder of the keys of a round, or of a budget by `budget.<slug>`."""
    if not re.fullmatch(r"(budget\.)?[a-z0-9][a-z0-9-]*", round_slug):
        raise ValueError(f"{round_slug!r} is not a round's slug.")
    return folder / round_slug


@lru_cache(maxsize=1024)
def file_of(place: Path, name: str) -> Path:
    """The file of one key."""
    return place / f"{name}.key"


@lru_cache(maxsize=1024)
def mark_of(place: Path, name: str) -> Path:
    """The file that says that this key was destroyed."""
    return place / f"{name}.{DESTROYED}"


def refuse_destroyed(place: Path, *names: str) -> None:
    """Raise KeysDestroyed where these keys (all three unless named) were destroyed."""
    if any(mark_of(place, name).exists() for name in names or NAMES):
        raise KeysDestroyed("The keys of this round were destroyed when it was sealed. They cannot be used again.")


def read_key(path: Path) -> bytes:
    """The key in this file; from memory while the file is the same one, unchanged."""
    try:
        found = path.stat()
    except OSError as error:
        raise KeyMissing(
            f"There is no key {path} that can be read ({error.strerror}). Restore the round's keys from an escrow copy."
        ) from error
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise KeyNotPrivate(
            f"Others may read the key {path}. Run `chmod 600` on it; if they may have, tell the council."
        )
    mark = (found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size)
    with _seen_lock:
        if path not in _seen or _seen[path][0] != mark:
            _seen[path] = (mark, _parse(path))
        return _seen[path][1]


def _parse(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise KeyMissing(f"The key {path} is damaged. Restore the round's keys from an escrow copy.") from error
    if len(key) != KEY_BYTES:
        raise KeyMissing(f"The key {path} is damaged. Restore the round's keys from an escrow copy.")
    return key


def _mark_destroyed(path: Path) -> None:
    with path.open("w") as file:
        file.flush()
        os.fsync(file.fileno())


def _overwrite(path: Path) -> None:
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return
