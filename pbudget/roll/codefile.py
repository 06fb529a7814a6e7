"""The only place where plain codes ever rest: a file that can be added to by anyone and read only with a passphrase.

A job that makes 50,000 codes runs for an hour and may be killed and begun again; it must not know the passphrase. So
the file holds a public key, to which each portion is sealed (X25519, HKDF, AES-GCM), and the private key locked with
the passphrase (scrypt, AES-GCM). The passphrase is shown to an officer once and is kept nowhere.

    {"format": "pbudget-codes-1", "batch": 3, "salt": …, "n": 16384, "public": …, "private": …}      first line
    <sealed portion>                                                                                  one a line
"""

import base64
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pbudget.kit.errors import BadInput
from pbudget.roll.hashing import MOST_MEMORY, ScryptCost
from pbudget.roll.rules.codes import ALPHABET, plain_characters

FORMAT = "pbudget-codes-1"
PASSPHRASE_LENGTH, PASSPHRASE_GROUP = 20, 4
NONCE_BYTES, KEY_BYTES, SALT_BYTES = 12, 32, 16


class PassphraseWrong(BadInput):
    """The passphrase does not open this file; the officer checks it, or has the letters made again."""


class CodeFileMissing(BadInput):
    """The file is not on this machine: it expired, was delivered, or lies on the machine that made it."""


class CodeFileDamaged(BadInput):
    """Something in the file was changed; nothing of it is used and the officer has the letters made again."""


class BatchUnderWay(BadInput):
    """Another process is making these codes at this moment; nothing needs to be done."""


class MadeCode(NamedTuple):
    """A plain code of the file and whose it is."""

    selector: str
    secret: str
    entry_id: str


def make_passphrase() -> str:
    """Twenty characters, 100 bits, in groups of four."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(PASSPHRASE_LENGTH))
    return "-".join(text[i : i + PASSPHRASE_GROUP] for i in range(0, PASSPHRASE_LENGTH, PASSPHRASE_GROUP))


class CodeFile:
    """The file of one batch."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, batch_id: int, passphrase: str, cost: ScryptCost) -> None:
        """Make the file, empty, in a folder that only the service can look into. An abandoned one is replaced."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private, salt = X25519PrivateKey.generate(), secrets.token_bytes(SALT_BYTES)
        header: dict[str, Any] = {
            "format": FORMAT,
            "batch": batch_id,
            "salt": salt.hex(),
            "n": cost.n,
            "r": cost.r,
            "public": private.public_key().public_bytes_raw().hex(),
        }
        locked = _seal(_passphrase_key(passphrase, header), private.private_bytes_raw(), _about(header))
        self.path.unlink(missing_ok=True)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(json.dumps({**header, "private": locked.hex()}) + "\n")
            _flush(file)

    def append(self, codes: Sequence[MadeCode]) -> None:
        """Add codes, sealed, on disk before this returns."""
        header = self._header()
        ephemeral = X25519PrivateKey.generate()
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(header["public"])))
        sealed = _seal(_portion_key(shared), json.dumps(codes).encode("ascii"), _about(header))
        line = base64.b64encode(ephemeral.public_key().public_bytes_raw() + sealed).decode("ascii")
        with self.path.open("a", encoding="ascii") as file:
            file.write(line + "\n")
            _flush(file)

    def read(self, passphrase: str) -> list[MadeCode]:
        """Every code of the file. Raises PassphraseWrong or CodeFileMissing."""
        header = self._header()
        try:
            key = _passphrase_key(passphrase, header)
            raw = _open(key, bytes.fromhex(header["private"]), _about(header))
        except (InvalidTag, ValueError) as error:
            raise PassphraseWrong("This passphrase does not open these letters. Check it and enter it again") from error
        private = X25519PrivateKey.from_private_bytes(raw)
        return [MadeCode(*code) for portion in self._portions() for code in _unsealed(private, portion, header)]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other process from adding to the file for the block; begin by cutting off half a last line.

        Raises BatchUnderWay or CodeFileMissing.
        """
        self._header()
        with self.path.open("rb+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BatchUnderWay("These codes are being made by another process.") from error
            file.truncate(sum(len(line) for line in file if line.endswith(b"\n")))
            yield

    def remove(self) -> None:
        """Delete the file; that it is gone already is fine."""
        self.path.unlink(missing_ok=True)

    def _header(self) -> dict[str, Any]:
        try:
            with self.path.open(encoding="ascii") as file:
                header: dict[str, Any] = json.loads(file.readline())
        except FileNotFoundError as error:
            raise CodeFileMissing(
                "The file of these codes is not on this machine any more. Have the letters made again."
            ) from error
        return header

    def _portions(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            next(file)
            for line in file:
                if line.endswith(b"\n"):  # a line cut short was never followed by its codes in the database
                    yield base64.b64decode(line)


def _unsealed(private: X25519PrivateKey, portion: bytes, header: dict[str, Any]) -> list[list[str]]:
    shared = private.exchange(X25519PublicKey.from_public_bytes(portion[:KEY_BYTES]))
    try:
        codes: list[list[str]] = json.loads(_open(_portion_key(shared), portion[KEY_BYTES:], _about(header)))
    except InvalidTag as error:
        raise CodeFileDamaged(
            "The file of these codes was changed. Void the letters and have them made again"
        ) from error
    return codes


def _about(header: dict[str, Any]) -> bytes:
    """What every portion is bound to: format, batch and public key."""
    return f"{header['format']} {header['batch']} {header['public']}".encode("ascii")


def _passphrase_key(passphrase: str, header: dict[str, Any]) -> bytes:
    return hashlib.scrypt(
        plain_characters(passphrase).encode(),
        salt=bytes.fromhex(header["salt"]),
        n=header["n"],
        r=header["r"],
        p=1,
        dklen=KEY_BYTES,
        maxmem=MOST_MEMORY,
    )


def _portion_key(shared: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=FORMAT.encode("ascii")).derive(shared)


def _seal(key: bytes, plain: bytes, about: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, about)


def _open(key: bytes, sealed: bytes, about: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], about)


def _flush(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())
