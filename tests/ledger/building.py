"""Builders: a manifest, a payload and whole chains without a database."""

import hashlib
import random

from pbudget.keys.rules import KeyIds
from pbudget.ledger.rules import Entry, canonical, genesis_head, head_after, leaf_of, line_of

ROUND = "spring-2027"


def manifest_of(slug: str = ROUND, keys: KeyIds | None = None, **more: object) -> bytes:
    return canonical({"round": slug, "keys": keys.as_json() if keys else {}, "pots": ["ward"], **more})


def slot(number: int) -> str:
    return hashlib.sha256(f"slot {number}".encode()).hexdigest()


def payload(voter: int = 1, choices: object = ("a", "b"), *, ward: str = "X99000001", **changes: object) -> dict:
    given = {"v": 1, "round": ROUND, "slot": slot(voter), "ward": ward, "channel": "online", "assurance": "code"}
    return {**given, "contests": {"ward": list(choices)}, **changes}


def chain(*contents: tuple[str, dict], manifest: bytes = b"{}", seed: int = 7) -> list[Entry]:
    """A correct chain of (kind, payload or body), ids and nonces from a seed."""
    draw = random.Random(seed)
    head, entries = genesis_head(manifest), []
    for seq, (kind, content) in enumerate(contents, start=1):
        text = canonical(content).decode()
        ballot = kind == "ballot"
        columns = (content["slot"], draw.randbytes(32).hex(), text, None) if ballot else (None, None, None, text)
        entry = Entry(ROUND, seq, kind, draw.randbytes(16).hex(), *columns, leaf="", head="")
        leaf = leaf_of(line_of(entry))
        head = head_after(head, leaf)
        entries.append(entry._replace(leaf=leaf, head=head))
    return entries


def voted(ballots: int, **options: object) -> list[Entry]:
    """A chain that opened and holds this many ballots of as many voters."""
    votes = [("ballot", payload(voter)) for voter in range(ballots)]
    return chain(("open", {}), *votes, **options)
