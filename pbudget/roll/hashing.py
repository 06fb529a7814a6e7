"""The scrypt hash of a code's secret: 52 ms and 16 MB each, on purpose."""

import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from typing import NamedTuple

SALT_BYTES, VERIFIER_BYTES = 16, 32
MOST_MEMORY = 64 * 1024 * 1024
HASHES_TO_MEASURE = 3


@dataclass(frozen=True)
class ScryptCost:
    """What one hash costs: `n` steps over `r` blocks. n=2^14, r=8 takes 52 ms and 16 MB."""

    n: int = 2**14
    r: int = 8


class Verifier(NamedTuple):
    """What the database keeps of a secret."""

    salt: bytes
    digest: bytes


NOBODY = Verifier(bytes(SALT_BYTES), bytes(VERIFIER_BYTES))
"""Hashed against when a selector is unknown, so that the answer takes as long as for a known one."""


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def digest_of(secret: str, salt: bytes, cost: ScryptCost) -> bytes:
    """scrypt over the secret's eight characters."""
    return hashlib.scrypt(
        secret.encode("ascii"), salt=salt, n=cost.n, r=cost.r, p=1, dklen=VERIFIER_BYTES, maxmem=MOST_MEMORY
    )


def make_verifier(secret: str, cost: ScryptCost) -> Verifier:
    """Hash a new secret under a salt of its own."""
    salt = secrets.token_bytes(SALT_BYTES)
    return Verifier(salt, digest_of(secret, salt, cost))


def agrees(secret: str, verifier: Verifier, cost: ScryptCost) -> bool:
    """Whether a secret is the one that was hashed; takes the same time either way."""
    return hmac.compare_digest(digest_of(secret, verifier.salt, cost), verifier.digest)


def hashes_a_second(cost: ScryptCost) -> float:
    """What this machine can hash on all its cores, from a few hashes on one."""
    times = []
    for _ in range(HASHES_TO_MEASURE):
        started = time.perf_counter()
        digest_of("00000000", NOBODY.salt, cost)
        times.append(time.perf_counter() - started)
    return cores() / min(times)
