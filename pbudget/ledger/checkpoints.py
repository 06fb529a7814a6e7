"""Checkpoints: a signed statement of how long a chain is and where its head stands, for people outside to keep.

    {"head":"9f…","round":"spring-2027","signature":"5c…","size":3412,"utc":"2027-03-14T06:00:00Z"}

The signature is Ed25519 over `pbudget-checkpoint-v1`, a zero byte, and the canonical JSON without the signature. The
public key is in the manifest, under `keys`, `signing`.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pbudget.kit.errors import BadInput
from pbudget.ledger.rules import HEX_64, canonical, fingerprint, read_canonical, say_size

CHECKPOINT_PREFIX = b"pbudget-checkpoint-v1\0"
BUNDLE_PREFIX = b"pbudget-bundle-v1\0"
HEX_128 = re.compile(r"[0-9a-f]{128}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class CheckpointNotUsable(BadInput):
    """A checkpoint is not in its form, or is not signed by the round's key; the message says which."""


@dataclass(frozen=True)
class Checkpoint:
    """One signed checkpoint; `size` entries, `head` and `signature` in hex, `utc` to the second."""

    round: str
    size: int
    head: str
    utc: str
    signature: str

    def as_json(self) -> str:
        """Canonical JSON on one line, as it is mailed, shown and kept in `checkpoints.jsonl`."""
        return canonical(asdict(self)).decode()

    def words(self) -> str:
        """How people compare it: `3,412 entries, fingerprint K7QD-22MX-9TRA-0PW3`."""
        return f"{say_size(self.size)}, fingerprint {fingerprint(self.head)}"

    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return CHECKPOINT_PREFIX + canonical({k: v for k, v in asdict(self).items() if k != "signature"})


def sign(signing_key: bytes, round_name: str, size: int, head: str, moment: datetime) -> Checkpoint:
    """A checkpoint signed with the round's 32-byte Ed25519 key."""
    utc = say_utc(moment)
    plain = Checkpoint(round_name, size, head, utc, "")
    return Checkpoint(round_name, size, head, utc, _signature(signing_key, plain.signed_bytes()))


def say_utc(moment: datetime) -> str:
    """A moment as the ledger writes it, in UTC to the second: `2027-03-14T06:00:00Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def is_signed_by(checkpoint: Checkpoint, public_key: str) -> bool:
    """Whether the round's public key (64 hex digits) made this signature."""
    return _is_signature(public_key, checkpoint.signature, checkpoint.signed_bytes())


def sign_bundle(signing_key: bytes, sums: bytes) -> str:
    """What SHA256SUMS.sig holds for these bytes of SHA256SUMS: 128 hex digits and a newline."""
    return _signature(signing_key, BUNDLE_PREFIX + sums) + "\n"


def is_bundle_signed_by(sums: bytes, signature: str, public_key: str) -> bool:
    """Whether the round's public key signed these bytes of SHA256SUMS."""
    return _is_signature(public_key, signature.removesuffix("\n"), BUNDLE_PREFIX + sums)


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that `as_json` wrote (white space around it does not matter); raises CheckpointNotUsable."""
    try:
        given = read_canonical(text.strip())
    except (ValueError, RecursionError) as error:
        raise CheckpointNotUsable("The checkpoint is not one line of canonical JSON. Use the file as sent.") from error
    if not isinstance(given, dict) or not _is_whole(given):
        raise CheckpointNotUsable("The checkpoint lacks a part or has one too many. Use the file as it was sent.")
    return Checkpoint(**given)


def _is_whole(given: dict[str, Any]) -> bool:
    forms = {"head": HEX_64, "signature": HEX_128, "utc": MOMENT, "round": re.compile(r".+")}
    if set(given) != {"size", *forms} or type(given["size"]) is not int or given["size"] < 1:
        return False
    return all(isinstance(given[name], str) and form.fullmatch(given[name]) for name, form in forms.items())


def signing_key_in(manifest: bytes) -> str:
    """The public key a manifest names, 64 hex digits; raises CheckpointNotUsable where it names none."""
    try:
        key = json.loads(manifest)["keys"]["signing"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CheckpointNotUsable("The manifest names no signing key, so no checkpoint can be checked.") from error
    if not isinstance(key, str) or not HEX_64.fullmatch(key):
        raise CheckpointNotUsable("The manifest's signing key is not 64 hex digits.")
    return key


def anchors(checkpoints: Iterable[Checkpoint], round_name: str, public_key: str) -> dict[int, str]:
    """Heads by size from this round's signed checkpoints; raises CheckpointNotUsable for one that is not."""
    heads: dict[int, str] = {}
    for each in checkpoints:
        if each.round != round_name:
            raise CheckpointNotUsable(f"The checkpoint is for the round {each.round!r}, not for {round_name!r}.")
        if not is_signed_by(each, public_key):
            raise CheckpointNotUsable(f"The checkpoint at {say_size(each.size)} is not signed by the round's key.")
        if heads.setdefault(each.size, each.head) != each.head:
            raise CheckpointNotUsable(f"Two checkpoints at {say_size(each.size)} disagree. Somebody saw another list.")
    return heads


def _signature(signing_key: bytes, message: bytes) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(signing_key).sign(message).hex()


def _is_signature(public_key: str, signature: str, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not HEX_128.fullmatch(signature):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except InvalidSignature:
        return False
    return True
