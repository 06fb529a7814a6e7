"""Reading replays: where a past contest came from."""

import zlib
from dataclasses import dataclass

from sqlalchemy import exists, select

from pbudget.db import db
from pbudget.replays.models import Replay
from pbudget.rounds.models import Pot, Round


@dataclass(frozen=True)
class Source:
    """The file a past contest was read from, without its ballots."""

    file_name: str
    sha256: str
    meta: dict[str, str]
    notices: list[tuple[int, str]]
    """What was odd about the file: line (0 for the whole file) and text."""
    stated_winners: list[str]
    """References the file itself marks as selected; empty where it does not say."""


def source_of(pot_id: int) -> Source | None:
    """Where a pot's result was read from; None for a pot that is not a replay."""
    row = db.session.get(Replay, pot_id)
    if row is None:
        return None
    notices = [(line, text) for line, text in row.notices]
    return Source(row.file_name, row.sha256, row.meta, notices, row.stated_winners)


def loaded_before(round_pot_id: int, sha256: str) -> bool:
    """Whether this pot was read from exactly these bytes."""
    return db.session.scalar(select(Replay.sha256).where(Replay.pot_id == round_pot_id)) == sha256


def is_council_round(slug: str) -> bool:
    """Whether a round of this name is one that officers run here, and not past votes."""
    past = exists().where(Replay.pot_id == Pot.id, Pot.round_id == Round.id)
    return db.session.scalar(select(Round.id).where(Round.slug == slug, ~past)) is not None


def public_ballots(pot_id: int) -> bytes | None:
    """The ballots as a Pabulib file: shuffled, renumbered, without demographic columns. None when not a replay."""
    kept = db.session.scalar(select(Replay.public).where(Replay.pot_id == pot_id))
    return None if kept is None else zlib.decompress(kept)


def original_file(pot_id: int) -> bytes | None:
    """The file as it came, for the guard; it may hold age and sex and never leaves the building."""
    kept = db.session.scalar(select(Replay.original).where(Replay.pot_id == pot_id))
    return None if kept is None else zlib.decompress(kept)
