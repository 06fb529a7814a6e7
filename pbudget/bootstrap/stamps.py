"""A step that is done leaves a stamp: the digest of what went into it. The same digest means skip the step.

`digest_of({"lock": b"flask==3.1.3"})` is the same tomorrow; with another lock, another Python or another folder it
differs, and the step runs again. The stamp goes before the work starts, so that a step killed half-way is done again.
"""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path


def digest_of(inputs: Mapping[str, bytes]) -> str:
    """SHA-256 in hex over the named inputs, in the order of their names, lengths included."""
    digest = hashlib.sha256()
    for name in sorted(inputs):
        for part in (name.encode(), inputs[name]):
            digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def file_inputs(*paths: Path) -> dict[str, bytes]:
    """The files' bytes by name; a file that is not there counts as empty."""
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in paths}


def is_stamped(stamp: Path, digest: str) -> bool:
    """Whether the step whose stamp this is was finished with exactly these inputs."""
    try:
        return stamp.read_text(encoding="ascii") == digest
    except (OSError, UnicodeDecodeError):
        return False


def write_stamp(stamp: Path, digest: str) -> None:
    """Mark the step as done; whole or not at all."""
    replace_file(stamp, digest.encode("ascii"))


def replace_file(path: Path, content: bytes) -> None:
    """Write a file so that whoever looks sees the old one or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.new")
    unfinished.write_bytes(content)
    unfinished.replace(path)
