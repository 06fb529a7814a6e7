"""A whole result bundle, made from a chain without a database."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import pbudget.ledger.verify_alone
from pbudget.ledger.checkpoints import Checkpoint, sign, sign_bundle
from pbudget.ledger.public import public_line
from pbudget.ledger.rules import Entry, canonical
from tests.ledger.building import ROUND, chain, payload

SIGNING = bytes(range(32))
PUBLIC = Ed25519PrivateKey.from_private_bytes(SIGNING).public_key().public_bytes_raw().hex()
MANIFEST = canonical({"keys": {"guard": "0" * 32, "round": "1" * 32, "signing": PUBLIC}, "round": ROUND})
COUNTED = {"contests/ward.pb": b"META\nkey;value\n", "outcome.json": b'{"winners":["a"]}'}
NOON = datetime(2027, 3, 14, 12, tzinfo=UTC)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def sealed_chain(ballots: int = 8) -> list[Entry]:
    """Opening, ballots, close, tally with the fingerprints of what was counted, publication and seal."""
    votes = [("ballot", payload(voter)) for voter in range(ballots)]
    counted = {**{name: digest(data) for name, data in COUNTED.items()}, "contests/borough.pb": "0" * 64}
    after = [("close", {}), ("tally", {"files": counted}), ("publish", {}), ("seal", {})]
    return chain(("open", {}), *votes, *after, manifest=MANIFEST)


def checkpoint_at(entries: list[Entry], size: int) -> Checkpoint:
    return sign(SIGNING, ROUND, size, entries[size - 1].head, NOON)


def write_bundle(folder: Path, entries: list[Entry] | None = None, **changed: bytes | None) -> Path:
    """The bundle's folder; `changed` gives other bytes for a file (None: without it) before the sums are made."""
    entries = entries or sealed_chain()
    checkpoints = [checkpoint_at(entries, size) for size in (4, len(entries))]
    files: dict[str, bytes | None] = {
        "manifest.json": MANIFEST,
        "ledger.jsonl": b"".join(map(public_line, entries)),
        "checkpoints.jsonl": "".join(each.as_json() + "\n" for each in checkpoints).encode(),
        "README.txt": b"Check it yourself.\n",
        "verify.py": Path(pbudget.ledger.verify_alone.__file__).read_bytes(),
        **COUNTED,
        **changed,
    }
    there = {name: data for name, data in files.items() if data is not None}
    for name, data in there.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    sign_sums(folder, there)
    return folder


def sign_sums(folder: Path, files: dict[str, bytes]) -> None:
    sums = "".join(f"{digest(files[name])}  {name}\n" for name in sorted(files)).encode()
    (folder / "SHA256SUMS").write_bytes(sums)
    (folder / "SHA256SUMS.sig").write_text(sign_bundle(SIGNING, sums))
