"""Escrow: the round's three keys in one file locked with a passphrase, for two officers to keep apart.

The file is JSON: scrypt (n = 2^16, r = 8: 64 MB and about 0.2 s a guess) makes the AES-256-GCM key from the
passphrase; the round's name and the key ids stand in the open and are bound to what is locked.
"""

import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from pbudget.keys.rules import KEY_BYTES, KeyIds, RoundKeys
from pbudget.kit.errors import BadInput

FEWEST_CHARACTERS = 15
WORK = 2**16


class PassphraseTooShort(BadInput):
    """A passphrase under 15 characters: the officer is asked for a longer one."""


class EscrowNotOpened(BadInput):
    """The escrow copy does not open: another passphrase, another file, or a damaged one."""


def locked(round_slug: str, ids: KeyIds, keys: RoundKeys, passphrase: str) -> bytes:
    """The keys of a round locked with a passphrase of 15 characters or more."""
    if len(passphrase) < FEWEST_CHARACTERS:
        raise PassphraseTooShort(f"The passphrase is too short. Use at least {FEWEST_CHARACTERS} characters.")
    header = {"v": 1, "round": round_slug, "keys": ids.as_json(), "salt": secrets.token_hex(16), "n": WORK}
    nonce = secrets.token_bytes(12)
    plain = keys.k_round + keys.k_guard + keys.signing
    box = AESGCM(_stretched(passphrase, header)).encrypt(nonce, plain, _bound(header))
    return (json.dumps({**header, "nonce": nonce.hex(), "box": box.hex()}, indent=1) + "\n").encode()


def unlocked(data: bytes, passphrase: str) -> tuple[str, KeyIds, RoundKeys]:
    """The round's slug, the key ids and the keys that `locked` put away; raises EscrowNotOpened."""
    header, nonce, box = _read(data)
    try:
        plain = AESGCM(_stretched(passphrase, header)).decrypt(nonce, box, _bound(header))
    except InvalidTag as error:
        raise EscrowNotOpened("The escrow copy does not open with this passphrase, or the file is damaged.") from error
    parts = (plain[at : at + KEY_BYTES] for at in range(0, 3 * KEY_BYTES, KEY_BYTES))
    return header["round"], KeyIds(**header["keys"]), RoundKeys(*parts)


def _read(data: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    try:
        given = json.loads(data)
        nonce, box = bytes.fromhex(given.pop("nonce")), bytes.fromhex(given.pop("box"))
        KeyIds(**given["keys"])
        if given["v"] != 1 or given["n"] != WORK or len(bytes.fromhex(given["salt"])) != 16 or len(nonce) != 12:
            raise ValueError("not of this version")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise EscrowNotOpened("This is not an escrow copy of pbudget's keys. Choose another file.") from error
    return given, nonce, box


def _stretched(passphrase: str, header: dict[str, Any]) -> bytes:
    return Scrypt(salt=bytes.fromhex(header["salt"]), length=32, n=WORK, r=8, p=1).derive(passphrase.encode())


def _bound(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()
