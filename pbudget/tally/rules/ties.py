"""Ties: a written order of projects, used only between projects a rule cannot tell apart.

Example: A (£200) and B (£100) tie. `id` takes A, `cheaper` takes B, `lot:2026-05-07` takes whichever has the smaller
SHA-256 of the seed, a zero byte and its id: anyone can repeat the draw with `sha256sum`. `drawn:B,A` takes B, because
its name was drawn first; `drawn` says that lots are drawn once a tie decides money, and goes by id until then.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from pbudget.kit.errors import BadInput
from pbudget.tally.election import Project

LOT = "lot:"
DRAWN, DRAWN_ORDER = "drawn", "drawn:"


def check_tie_rule(ties: str) -> str:
    """Return the tie rule when it is one of `id`, `cheaper`, `lot:SEED`, `drawn`, `drawn:ID,ID,…`; else `BadInput`."""
    if ties in ("id", "cheaper", DRAWN) or (ties.startswith((LOT, DRAWN_ORDER)) and ties not in (LOT, DRAWN_ORDER)):
        return ties
    raise BadInput(f"“{ties}” is not a tie rule. Use id, cheaper, lot:SEED, drawn or drawn:ID,ID,… in the order drawn.")


def drawn_order(ids: Sequence[str]) -> str:
    """The tie rule of lots drawn in this order."""
    return DRAWN_ORDER + ",".join(ids)


def lot(seed: str, project_id: str) -> bytes:
    """Draw one project's lot: SHA-256(UTF-8(seed), zero byte, UTF-8(id)). The smallest wins."""
    return sha256(seed.encode() + b"\0" + project_id.encode()).digest()


def tie_ranks(projects: tuple[Project, ...], ties: str) -> tuple[int, ...]:
    """Give every project (by position) its place in the tie order, 0 first. No two projects share a place."""
    place = {name: number for number, name in enumerate(ties.removeprefix(DRAWN_ORDER).split(","))}
    order = sorted(range(len(projects)), key=lambda i: _tie_key(projects[i], ties, place))
    ranks = [0] * len(projects)
    for rank, i in enumerate(order):
        ranks[i] = rank
    return tuple(ranks)


def _tie_key(project: Project, ties: str, place: Mapping[str, int]) -> tuple[bytes, int, str]:
    """Say what ties are broken by; ids compare as text, character by character, whatever the locale."""
    if ties.startswith(LOT):
        return lot(ties.removeprefix(LOT), project.id), 0, project.id
    if ties.startswith(DRAWN_ORDER):
        return b"", place.get(project.id, len(place)), project.id
    return b"", project.cost if ties == "cheaper" else 0, project.id
