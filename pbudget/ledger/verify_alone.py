#!/usr/bin/env python3
"""Check a pbudget result bundle with nothing but Python 3.9 or newer: no installation, no network.

    python3 verify.py                       check the folder this file lies in
    python3 verify.py FOLDER
    python3 verify.py FOLDER checkpoint.json    and compare with a checkpoint you were sent while voting was open

This program is written apart from pbudget, from docs/ledger.md alone, so that a mistake in one is found by the other.
It ends with "Nothing was changed" and status 0, or names the first thing that is wrong and ends with status 1.

What it cannot see: whether the manifest is the one that was published when voting opened. Compare the two
fingerprints it prints first with the ones in the council's minutes or with what you were sent.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Point = tuple[int, int, int, int]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

# Ed25519 (RFC 8032): the curve -x2 + y2 = 1 + d x2 y2 over the integers modulo P, with L points to its base point.
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


class Wrong(Exception):
    """Something does not fit; the message says what."""


def sha(*parts: bytes) -> bytes:
    """SHA-256 of the parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def need(fits: object, message: str) -> None:
    """Stop here unless it fits."""
    if not fits:
        raise Wrong(message)


def add(p: Point, q: Point) -> Point:
    """The sum of two points, each as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number: int, point: Point) -> Point:
    """The point added to itself this many times."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point_from(data: bytes) -> Point | None:
    """The point in 32 bytes, or None where they are not one in its only allowed form."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def base_point() -> Point:
    """The point with y = 4/5 and an even x, from which every key is made."""
    point = point_from((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    assert point is not None
    return point


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this Ed25519 key (32 bytes) signed the message with this signature (64 bytes)."""
    key = point_from(public) if len(public) == 32 else None
    commitment = point_from(signature[:32]) if len(signature) == 64 else None
    s = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or s >= L:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, base_point()), add(commitment, times(challenge, key))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


def in_order(value: Any) -> Any:
    """The value with every object's names sorted by their UTF-16 units, as canonical JSON wants them."""
    if isinstance(value, dict):
        return {name: in_order(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    return [in_order(part) for part in value] if isinstance(value, list) else value


def written(value: Any) -> bytes:
    """Canonical JSON (RFC 8785) of a value without fractions, as bytes."""
    return json.dumps(in_order(value), ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def no_fraction(text: str) -> Any:
    """Refuse a number with a fraction; pbudget writes none."""
    raise ValueError(text)


def read_json(data: bytes, what: str) -> dict[str, Any]:
    """The object in these bytes; they must be its canonical JSON to the byte."""
    value, same = None, False
    try:
        value = json.loads(data.decode("utf-8"), parse_float=no_fraction, parse_constant=no_fraction)
        same = written(value) == data
    except (ValueError, RecursionError):
        pass
    need(same, f"{what} is not canonical JSON")
    return an_object(value, what)


def an_object(value: Any, what: str) -> dict[str, Any]:
    """The value itself, if it is a JSON object."""
    need(isinstance(value, dict), f"{what} is not a JSON object")
    return dict(value)


def base32(digest: bytes, length: int) -> str:
    """The first 5 x length bits of a digest, in Crockford's letters."""
    number = int.from_bytes(digest, "big") >> (256 - 5 * length)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def fingerprint(digest: bytes) -> str:
    """A digest as people compare it: K7QD-22MX-9TRA-0PW3."""
    text = base32(digest, 16)
    return "-".join(text[at : at + 4] for at in range(0, 16, 4))


def tracker(leaf: bytes) -> str:
    """The voter's reference for a leaf, with its check character (Luhn, modulo 32)."""
    text = base32(leaf, 10)
    total = 0
    for at, letter in enumerate(text):
        value = ALPHABET.index(letter) * (2 if at % 2 else 1)
        total += value // 32 + value % 32
    return text[:4] + "-" + text[4:8] + "-" + text[8:] + ALPHABET[-total % 32]


def hex_bytes(text: object, length: int, what: str) -> bytes:
    """The bytes of lower-case hex text of exactly this many bytes."""
    plain = text if isinstance(text, str) else ""
    need(len(plain) == 2 * length and set(plain) <= set("0123456789abcdef"), f"{what} is not {2 * length} hex digits")
    return bytes.fromhex(plain)


def read_file(path: Path) -> bytes:
    """The bytes of a file."""
    try:
        return path.read_bytes()
    except OSError:
        raise Wrong(f"{path.name} is missing or cannot be read") from None


def lines_of(path: Path) -> list[bytes]:
    """The lines of a file, without their newlines; the last one has to have its newline too."""
    data = read_file(path)
    need(data.endswith(b"\n"), f"{path.name} does not end with a newline")
    return data.split(b"\n")[:-1]


def files_in(folder: Path) -> Iterator[str]:
    """The names of all files of the bundle, with / between folder and file; not what a file browser hides."""
    for path in folder.rglob("*"):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(folder).as_posix()


def read_sums(path: Path) -> dict[str, str]:
    """The checksums in SHA256SUMS by file name."""
    sums: dict[str, str] = {}
    for line in lines_of(path):
        digest, _, name = line.decode("utf-8", "replace").partition("  ")
        need(name and name not in sums, "SHA256SUMS has a line that is not a checksum and a name")
        hex_bytes(digest, 32, "a checksum in SHA256SUMS")
        sums[name] = digest
    return sums


def check_sums(folder: Path, public: bytes) -> dict[str, str]:
    """Every file is as SHA256SUMS lists it, and the round's key signed that list. Gives the sums by name."""
    sums = read_sums(folder / "SHA256SUMS")
    there = set(files_in(folder)) - {"SHA256SUMS", "SHA256SUMS.sig"}
    need(there == set(sums), "listed or present, not both: " + ", ".join(sorted(there ^ set(sums))))
    for name in sorted(sums):
        need(sha(read_file(folder / name)).hex() == sums[name], f"{name} is not the file in SHA256SUMS")
    lines = lines_of(folder / "SHA256SUMS.sig")
    signature = hex_bytes(b"\n".join(lines).decode("ascii", "replace"), 64, "SHA256SUMS.sig")
    message = b"pbudget-bundle-v1\0" + read_file(folder / "SHA256SUMS")
    need(is_signed(public, message, signature), "SHA256SUMS.sig: the round's key did not sign SHA256SUMS")
    return sums


def check_checkpoint(data: bytes, public: bytes, what: str) -> dict[str, Any]:
    """A checkpoint is whole and signed. Gives it with its head in bytes."""
    given = read_json(data, what)
    parts = {"head", "round", "signature", "size", "utc"}
    need(set(given) == parts and type(given["size"]) is int, f"{what} lacks a part or has one too many")
    signature = hex_bytes(given["signature"], 64, f"{what}: the signature")
    plain = written({name: given[name] for name in parts - {"signature"}})
    need(is_signed(public, b"pbudget-checkpoint-v1\0" + plain, signature), f"{what} is not signed by the round's key")
    return {**given, "head": hex_bytes(given["head"], 32, f"{what}: the head")}


def check_place(kind: str, seq: int, seen: set[str], where: str) -> None:
    """An entry of this kind may stand here."""
    need((kind == "open") == (seq == 1), f"{where}: the opening is the first entry and no other")
    need(kind != "ballot" or not seen & {"close", "annul"}, f"{where} is a ballot after the close")
    need("seal" not in seen, f"{where} comes after the seal")


def check_entry(data: bytes, seq: int, head: bytes, seen: set[str]) -> tuple[dict[str, Any], bytes]:
    """Entry number seq is in its form and place and follows from the head. Gives its line and the next head."""
    where = f"ledger.jsonl, entry {seq}"
    entry = read_json(data, where)
    need(set(entry) == {"head", "leaf", "line", "tracker"}, f"{where} has other parts")
    line = an_object(entry["line"], where)
    content = "c" if line.get("kind") == "ballot" else "body"
    need(set(line) == {content, "id", "kind", "round", "seq"}, f"{where}: the line has other parts")
    need(type(line["seq"]) is int and line["seq"] == seq, f"{where} has another number")
    need(isinstance(line["kind"], str), f"{where} has no kind")
    check_place(line["kind"], seq, seen, where)
    leaf = sha(b"\x00", written(line))
    after = sha(b"\x01", head, leaf)
    fits = (entry["leaf"], entry["head"], entry["tracker"]) == (leaf.hex(), after.hex(), tracker(leaf))
    need(fits, f"{where}: the content does not give the fingerprints beside it")
    return line, after


def check_ledger(path: Path, manifest: bytes, heads: dict[int, bytes], name: str) -> tuple[int, bytes, dict[str, Any]]:
    """Every entry follows from the one before, the first from the manifest, and each checkpoint is met on the way.

    Gives the number of entries, the last head and the body of the last tally.
    """
    head, seq = sha(b"\x02", manifest), 0
    tally: dict[str, Any] = {}
    seen: set[str] = set()
    for seq, data in enumerate(lines_of(path), start=1):
        line, head = check_entry(data, seq, head, seen)
        seen.add(line["kind"])
        need(line["round"] == name, f"ledger.jsonl, entry {seq} is of another round")
        need(heads.get(seq, head) == head, f"ledger.jsonl, entry {seq}: up to here it is not what a checkpoint saw")
        tally = an_object(line["body"], "the tally") if line["kind"] == "tally" else tally
    need(max(heads) <= seq, f"entry {seq + 1} and more were removed: a checkpoint saw {max(heads)} entries")
    need(seq in heads, "no checkpoint covers the last entries")
    return seq, head, tally


def check_checkpoints(folder: Path, public: bytes, kept: Path | None) -> tuple[int, dict[int, bytes], str]:
    """Every checkpoint is signed and none disagrees with another. Gives their number, heads by size, the round."""
    checkpoints = [check_checkpoint(one, public, "a checkpoint") for one in lines_of(folder / "checkpoints.jsonl")]
    if kept:
        checkpoints.append(check_checkpoint(read_file(kept).strip(), public, kept.name))
    heads: dict[int, bytes] = {}
    for each in checkpoints:
        same = heads.setdefault(each["size"], each["head"]) == each["head"]
        need(same, f"two checkpoints at entry {each['size']} disagree")
        need(each["round"] == checkpoints[0]["round"], "a checkpoint is of another round")
    return len(checkpoints), heads, str(checkpoints[0]["round"])


def check(folder: Path, kept: Path | None = None) -> None:
    """Check a whole bundle, and a checkpoint kept from an earlier day; print each result, raise Wrong at the first."""
    manifest = read_file(folder / "manifest.json")
    keys = an_object(read_json(manifest, "manifest.json").get("keys"), "manifest.json: the part called keys")
    public = hex_bytes(keys.get("signing"), 32, "manifest.json: the signing key")
    print(f"manifest          fingerprint {fingerprint(sha(manifest))}")
    print(f"signing key       {public.hex()}")
    sums = check_sums(folder, public)
    print(f"SHA256SUMS        {len(sums)} files as listed, signed by the round's key")
    number, heads, name = check_checkpoints(folder, public, kept)
    size, head, tally = check_ledger(folder / "ledger.jsonl", manifest, heads, name)
    print(f"ledger.jsonl      {size} entries, fingerprint {fingerprint(head)}")
    print(f"checkpoints       {number}, all signed and all on this ledger")
    for file, digest in sorted(an_object(tally.get("files", {}), "the tally's list of files").items()):
        need(sums.get(file, digest) == digest, f"{file} is not the file that was counted")
        print(f"counted           {file}" + ("" if file in sums else " (not published: ask the auditor)"))


def main(arguments: list[str]) -> int:
    """Check what the command line names; give the exit status."""
    places = [Path(each) for each in arguments] or [Path(__file__).resolve().parent]
    try:
        check(*places[:2])
    except Wrong as error:
        print(f"WRONG: {error}.")
        return 1
    print("Nothing was changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
