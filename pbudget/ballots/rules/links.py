"""What is kept of a link sent by e-mail, so that nobody with the database alone can join an address to a ballot.

All of it depends on the round's key, which is never in the database:

    mark_of(k, contact)     whose link it is, to replace it by a newer one: not the slot
    digest_of(k, code)      finds it by the code that was sent
    used_mark_of(k, code)   that it was used: written with the draft, and like neither of the two above
    seal_slot(k, code, …)   the slot, AES-GCM under a key of this code alone: whoever uses the code can be given a draft
"""

import hashlib
import hmac

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = bytes(12)
"""Every code has a key of its own that locks one slot once, so the nonce need not differ."""


def mark_of(k_round: bytes, contact: str) -> str:
    """Under what the links of a contact point are found; 64 hex digits."""
    return _mac(k_round, "whose link", contact)


def digest_of(k_round: bytes, code: str) -> str:
    """Under what a link is found by its code."""
    return _mac(k_round, "link", code)


def used_mark_of(k_round: bytes, code: str) -> str:
    """What says that a link was used."""
    return _mac(k_round, "used link", code)


def seal_slot(k_round: bytes, code: str, slot: str) -> bytes:
    """The slot (64 hex digits), locked; 48 bytes."""
    return AESGCM(_key_of(k_round, code)).encrypt(NONCE, bytes.fromhex(slot), None)


def open_slot(k_round: bytes, code: str, sealed: bytes) -> str:
    """The slot, back as it was."""
    return AESGCM(_key_of(k_round, code)).decrypt(NONCE, sealed, None).hex()


def _mac(k_round: bytes, purpose: str, what: str) -> str:
    return hmac.new(k_round, f"pbudget {purpose} v1\0{what}".encode(), hashlib.sha256).hexdigest()


def _key_of(k_round: bytes, code: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=code.encode(), info=b"pbudget slot of a link v1").derive(k_round)
