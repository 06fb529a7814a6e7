"""What a round's keys are for: slots, links to equality answers, and names for keys that give nothing away.

slot_of(k_round, "roll:4f1c…")  ->  64 hex digits, the same for the same roll entry, unlinkable without the key
"""

import hashlib
import hmac
from dataclasses import asdict, dataclass

ENTRY_KINDS = ("roll", "contact", "browser", "rehearsal")
KEY_BYTES = 32


class EntryNotNamed(ValueError):
    """A programming error: a slot was asked for something that is not `<kind>:<who>`. The person sees the 500 page."""


@dataclass(frozen=True)
class KeyIds:
    """What the manifest says about a round's keys; the object under its name `keys`, as `as_json` writes it.

    `round` and `guard` are 32 hex digits that name a secret without giving it away. `signing` is the Ed25519 public
    key itself, 64 hex digits: whoever has the manifest can check every checkpoint.
    """

    round: str
    guard: str
    signing: str

    def as_json(self) -> dict[str, str]:
        """The ids as the manifest and the round's row keep them."""
        return asdict(self)


@dataclass(frozen=True)
class RoundKeys:
    """The three secrets of a round, 32 bytes each; never printed."""

    k_round: bytes
    k_guard: bytes
    signing: bytes

    def __repr__(self) -> str:
        return "RoundKeys(not shown)"


def slot_of(k_round: bytes, entry: str) -> str:
    """The slot of `roll:<roll entry id>`, `contact:…`, `browser:…` or `rehearsal:…`: hex HMAC-SHA256 of that text."""
    kind, colon, who = entry.partition(":")
    if kind not in ENTRY_KINDS or not colon or not who:
        raise EntryNotNamed(f"A slot is made from one of {', '.join(ENTRY_KINDS)}, a colon and who it is.")
    return hmac.new(k_round, entry.encode(), hashlib.sha256).hexdigest()


def guard_link_of(k_guard: bytes, slot: str) -> str:
    """Under what an equality answer is kept: hex HMAC-SHA256 of a slot's 64 hex digits, or of the id of an answer to
    a budget (32 hex digits)."""
    return hmac.new(k_guard, slot.encode("ascii"), hashlib.sha256).hexdigest()


def key_id(key: bytes) -> str:
    """A name for a secret key: 128 bits of its hash, as 32 hex digits."""
    return hashlib.sha256(b"pbudget-key-id-v1\0" + key).hexdigest()[:32]
