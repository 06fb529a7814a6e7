"""An answer as it is stored: encrypted under the round's guard key, bound to its link, every one of the same length.

unsealed(key, link, sealed(key, link, {"sex": "female"}))  ->  {"sex": "female"}
AES-256-GCM (NIST SP 800-38D) under a key derived from K_guard by HKDF (RFC 5869): the guard key itself makes links.
"""

import json
import secrets
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from pbudget.kit.errors import PbudgetError

PADDED_TO, NONCE, TAG = 512, 12, 16
LENGTH = NONCE + PADDED_TO + TAG
"""Bytes of every sealed answer."""


class AnswerNotReadable(PbudgetError):
    """A stored answer was changed, or belongs to another link or key: the report says how many, and counts none."""


class AnswersTooLong(ValueError):
    """A programming error: a page of questions holds more than is sealed at once. The person sees the 500 page."""


def sealed(k_guard: bytes, link: str, answers: Mapping[str, str]) -> bytes:
    """The answers of one page, by question name: nonce, ciphertext and tag, LENGTH bytes."""
    plain = json.dumps(dict(answers), separators=(",", ":"), sort_keys=True).encode()
    if len(plain) > PADDED_TO:
        raise AnswersTooLong(f"{len(plain)} bytes of answers; at most {PADDED_TO} are sealed at once.")
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key(k_guard)).encrypt(nonce, plain.ljust(PADDED_TO), link.encode("ascii"))


def unsealed(k_guard: bytes, link: str, stored: bytes) -> dict[str, str]:
    """The answers in a stored row. Raises AnswerNotReadable."""
    try:
        plain = AESGCM(_key(k_guard)).decrypt(stored[:NONCE], stored[NONCE:], link.encode("ascii"))
    except (InvalidTag, ValueError) as error:
        raise AnswerNotReadable("A stored answer cannot be opened with this round's guard key.") from error
    found: dict[str, str] = json.loads(plain)
    return found


def _key(k_guard: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"pbudget-equality-v1").derive(k_guard)
