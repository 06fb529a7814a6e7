"""Checking a result bundle, a folder or a .zip, without database, web or installation of anything but pbudget.

manifest.json, ledger.jsonl, checkpoints.jsonl, SHA256SUMS and SHA256SUMS.sig are checked against each other; every
other file against SHA256SUMS, and the counted ones against the fingerprints in the ledger's last `tally` entry.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pbudget.kit.errors import BadInput
from pbudget.ledger.checkpoints import (
    Checkpoint,
    CheckpointNotUsable,
    anchors,
    is_bundle_signed_by,
    read_checkpoint,
    signing_key_in,
)
from pbudget.ledger.public import read_line, verify_lines, verify_opening
from pbudget.ledger.rules import fingerprint, say_size
from pbudget.ledger.verifying import BadEntry

SUM_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)\n")
SUMS = "SHA256SUMS"
SIGNATURE = "SHA256SUMS.sig"


class BundleNotUsable(BadInput):
    """What was given is not a result bundle; the message says what is missing."""


@dataclass(frozen=True)
class Finding:
    """One check of a bundle: whether it passed, and the sentence that says so."""

    ok: bool
    text: str


class Bundle:
    """The files of a bundle by name, read from a folder or a .zip."""

    def __init__(self, names: frozenset[str], read: Callable[[str], bytes]) -> None:
        self.names = names
        self._read = read

    def read(self, name: str) -> bytes:
        """The bytes of a file; BundleNotUsable where there is none."""
        if name not in self.names:
            raise BundleNotUsable(f"The bundle has no {name}. Download it again, whole.")
        return self._read(name)

    def lines(self, name: str) -> list[bytes]:
        """The lines of a file, each with its newline."""
        return re.findall(rb"[^\n]*\n|[^\n]+$", self.read(name))


def open_bundle(path: Path) -> Bundle:
    """A bundle from a folder or a .zip; BundleNotUsable where it is neither."""
    if path.is_dir():
        shown = (file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        names = frozenset(file.relative_to(path).as_posix() for file in shown)
        return Bundle(names, lambda name: (path / name).read_bytes())
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise BundleNotUsable(f"{path} is neither a folder nor a .zip file. Name the downloaded bundle.") from error
    listed = [name for name in archive.namelist() if not name.endswith("/")]
    if len(set(listed)) != len(listed):
        raise BundleNotUsable(f"{path} holds two files of one name. Download it again.")
    return Bundle(frozenset(listed), lambda name: _from_archive(archive, name))


def _from_archive(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError) as error:
        raise BundleNotUsable(f"{name} in the .zip cannot be read. Download the bundle again.") from error


def check_bundle(bundle: Bundle, against: Checkpoint | None = None) -> Iterator[Finding]:
    """Every check of a bundle, in an order a person can follow; `against` is a checkpoint kept from an earlier day."""
    manifest = bundle.read("manifest.json")
    yield Finding(True, f"manifest.json: fingerprint {fingerprint(hashlib.sha256(manifest).hexdigest())}")
    try:
        key = signing_key_in(manifest)
    except CheckpointNotUsable as error:
        yield Finding(False, f"manifest.json: {error}")
        return
    yield Finding(True, f"the round's signing key: {key}")
    sums = read_sums(bundle)
    yield from check_files(bundle, sums)
    yield check_signature(bundle, key)
    yield from check_chain(bundle, manifest, key, against)
    yield from check_counted_files(bundle, sums)


def check_opening(bundle: Bundle, opening: Iterable[bytes]) -> Finding:
    """Whether the file that auditors get holds every ballot of the bundle's ledger as it was recorded, and no other."""
    try:
        found = verify_opening(bundle.lines("ledger.jsonl"), opening)
    except BadEntry as error:
        return Finding(False, f"the opening: the ledger it belongs to cannot be read: {error}")
    if found.ok:
        return Finding(True, f"the opening: all {found.ballots:,} ballots as recorded; {found.counted:,} of them count")
    if found.first_bad_seq is None:
        return Finding(False, f"the opening: {found.reason}")
    return Finding(False, f"the opening: entry {found.first_bad_seq} cannot be trusted: {found.reason}")


def read_sums(bundle: Bundle) -> dict[str, str]:
    """SHA-256 by file name, as SHA256SUMS lists them."""
    sums: dict[str, str] = {}
    for line in bundle.lines(SUMS):
        found = SUM_LINE.fullmatch(line.decode("ascii", "replace"))
        if not found or found[2] in sums:
            raise BundleNotUsable(f"{SUMS} has a line that is not a checksum and a name. Download the bundle again.")
        sums[found[2]] = found[1]
    return sums


def check_files(bundle: Bundle, sums: dict[str, str]) -> Iterator[Finding]:
    """Whether each file is as SHA256SUMS lists it, none is missing and none too many."""
    there = bundle.names - {SUMS, SIGNATURE}
    wrong = [f"{name} is missing" for name in sorted(sums.keys() - there)]
    wrong += [f"{name} is not listed" for name in sorted(there - sums.keys())]
    same = (name for name in sorted(there & sums.keys()))
    wrong += [f"{name} was changed" for name in same if hashlib.sha256(bundle.read(name)).hexdigest() != sums[name]]
    yield from (Finding(False, f"{SUMS}: {each}") for each in wrong)
    if not wrong:
        yield Finding(True, f"{SUMS}: {len(sums)} files are as listed")


def check_signature(bundle: Bundle, key: str) -> Finding:
    """Whether the round's key signed SHA256SUMS."""
    signature = bundle.read(SIGNATURE).decode("ascii", "replace")
    if is_bundle_signed_by(bundle.read(SUMS), signature, key):
        return Finding(True, f"{SIGNATURE}: signed by the round's key")
    return Finding(False, f"{SIGNATURE}: not signed by the round's key")


def check_chain(bundle: Bundle, manifest: bytes, key: str, against: Checkpoint | None) -> Iterator[Finding]:
    """Whether the ledger follows from the manifest and is what every checkpoint saw, with none left uncovered."""
    try:
        checkpoints = [read_checkpoint(line.decode()) for line in bundle.lines("checkpoints.jsonl")]
        held = [*checkpoints, *([against] if against else [])]
        heads = anchors(held, checkpoints[0].round if checkpoints else "", key)
    except (CheckpointNotUsable, UnicodeDecodeError) as error:
        yield Finding(False, f"checkpoints.jsonl: {error}")
        return
    found = verify_lines(manifest, bundle.lines("ledger.jsonl"), heads)
    if not found.ok:
        yield Finding(False, f"ledger.jsonl: entry {found.first_bad_seq} cannot be trusted: {found.reason}.")
        return
    yield Finding(True, f"ledger.jsonl: {say_size(found.size)}, fingerprint {fingerprint(found.head)}")
    yield covered(checkpoints, found.size)


def covered(checkpoints: list[Checkpoint], size: int) -> Finding:
    """Whether a checkpoint covers the whole ledger, so that its last entries are signed like the others."""
    if size not in {each.size for each in checkpoints}:
        return Finding(False, f"checkpoints.jsonl: no checkpoint covers all {say_size(size)}")
    return Finding(True, f"checkpoints.jsonl: all {len(checkpoints)} are signed and saw this ledger")


def check_counted_files(bundle: Bundle, sums: dict[str, str]) -> Iterator[Finding]:
    """Whether the files the last `tally` entry names are those in the bundle; the auditor may hold some instead."""
    files = counted_files(bundle)
    wrong = [name for name in files if name in sums and sums[name] != files[name]]
    yield from (Finding(False, f"{name}: not the file that was counted") for name in wrong)
    kept = [name for name in files if name not in sums]
    if files and not wrong:
        note = f"; not published, with the auditor: {', '.join(kept)}" if kept else ""
        yield Finding(True, f"the count: {len(files) - len(kept)} files are the ones the ledger names{note}")


def counted_files(bundle: Bundle) -> dict[str, str]:
    """SHA-256 by file name, as the last `tally` entry has it; empty where the ledger has none or cannot be read."""
    files: dict[str, str] = {}
    for line in bundle.lines("ledger.jsonl"):
        if b'"kind":"tally"' in line:
            try:
                files = json.loads(read_line(line).line)["body"].get("files", {})
            except BadEntry:
                continue  # check_chain reports it
    return files
