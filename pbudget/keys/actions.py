"""Making, checking, locking away and destroying a round's keys."""

import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pbudget.keys.escrow import locked, unlocked
from pbudget.keys.files import (
    NAMES,
    create_folder,
    destroy_key,
    file_of,
    place_of,
    put_key,
    read_key,
    refuse_destroyed,
    remove_drafts,
)
from pbudget.keys.rules import KEY_BYTES, KeyIds, RoundKeys, key_id
from pbudget.kit.errors import PbudgetError


class KeyMismatch(PbudgetError):
    """A key on this machine is not the one the manifest names: nothing is cast with it."""


def create_keys(folder: Path, round_slug: str) -> KeyIds:
    """Make the round's three keys, each once, and say their ids; keys that are there already stay as they are.

    Each file appears whole or not at all, so a start that was cut short goes on where it stopped.
    """
    place = create_folder(folder, round_slug)
    for name in NAMES:
        put_key(place, name, secrets.token_bytes(KEY_BYTES))
    return ids_of(folder, round_slug)


def ids_of(folder: Path, round_slug: str) -> KeyIds:
    """The ids of the keys on this machine."""
    place = place_of(folder, round_slug)
    return KeyIds(**{name: _id_of(name, read_key(file_of(place, name))) for name in NAMES})


def load_keys(folder: Path, round_slug: str, expected: KeyIds) -> RoundKeys:
    """The round's three keys, checked against the ids in its manifest; read from disk again only when they change."""
    return RoundKeys(*(load_key(folder, round_slug, name, expected) for name in NAMES))


def load_key(folder: Path, round_slug: str, name: str, expected: KeyIds) -> bytes:
    """One of the keys `round`, `guard` and `signing`: 32 bytes, checked against the ids in the manifest."""
    place = place_of(folder, round_slug)
    refuse_destroyed(place, name)
    key = read_key(file_of(place, name))
    if _id_of(name, key) != getattr(expected, name):
        raise KeyMismatch(
            f"The {name} key in {place} is not the one in the round's manifest. Restore the round's keys from an "
            "escrow copy; never make new ones."
        )
    return key


def create_guard_key(folder: Path, owner: str) -> str:
    """Make the one key of a consultation that has no ballots, once, and say its id; one that is there stays."""
    place = create_folder(folder, owner)
    put_key(place, "guard", secrets.token_bytes(KEY_BYTES))
    return key_id(read_key(file_of(place, "guard")))


def load_guard_key(folder: Path, owner: str, expected: str) -> bytes:
    """That key, checked against its id. Raises as load_key."""
    return load_key(folder, owner, "guard", KeyIds(round="", guard=expected, signing=""))


def destroy_keys(folder: Path, round_slug: str, names: tuple[str, ...] = NAMES) -> None:
    """Overwrite and remove these keys and leave a mark, so that none is made again. Repeating it does no harm."""
    place = place_of(folder, round_slug)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    remove_drafts(place)
    for name in names:
        destroy_key(place, name)


def escrow_copy(folder: Path, round_slug: str, passphrase: str) -> bytes:
    """The round's keys locked with this passphrase, as a file to download; every copy is locked afresh."""
    ids = ids_of(folder, round_slug)
    return locked(round_slug, ids, load_keys(folder, round_slug, ids), passphrase)


def restore_escrow(folder: Path, data: bytes, passphrase: str) -> KeyIds:
    """Put the keys of an escrow copy back; keys that are there already must be the same ones.

    Raises EscrowNotOpened, KeyMismatch (another key is in the place; nothing is overwritten) and KeysDestroyed.
    """
    round_slug, expected, keys = unlocked(data, passphrase)
    place = create_folder(folder, round_slug)
    for name, key in zip(NAMES, (keys.k_round, keys.k_guard, keys.signing), strict=True):
        put_key(place, name, key)
        load_key(folder, round_slug, name, expected)
    return expected


def _id_of(name: str, key: bytes) -> str:
    if name != "signing":
        return key_id(key)
    public = Ed25519PrivateKey.from_private_bytes(key).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
