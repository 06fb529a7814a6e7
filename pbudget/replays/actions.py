"""Loading past elections: read and count every file first, then write all of them or none."""

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from pbudget.db import transaction
from pbudget.kit.errors import BadInput
from pbudget.proposals.actions import add_projects
from pbudget.replays.models import Replay
from pbudget.replays.queries import is_council_round, loaded_before
from pbudget.replays.rules import (
    Contest,
    ballot_sizes,
    contest_of,
    dates_as_stated,
    day_in,
    language_in,
    plain,
    stated_winners,
)
from pbudget.results.actions import record_ballot_count, record_outcome
from pbudget.results.rules.stories import other_rules
from pbudget.rounds.actions import put_round, replace_pot
from pbudget.rounds.queries import pot_by_slugs
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.tally.election import Election
from pbudget.tally.pabulib import read, write
from pbudget.tally.rules.count import count
from pbudget.tally.rules.outcome import Outcome
from pbudget.tally.rules.rule import rule_in_file
from pbudget.wards.queries import ward as ward_by_code


class SameContestTwice(BadInput):
    """Two of the files are the same contest of the same round; the message names both files."""


class NameOfCouncilRound(BadInput):
    """The file would write into a round that officers run here; the message says which."""


@dataclass(frozen=True)
class Counted:
    """A file that has been read and counted, and not yet written anywhere. `outcomes[0]` is the result."""

    file_name: str
    original: bytes
    election: Election
    contest: Contest
    outcomes: Sequence[Outcome]

    @property
    def sha256(self) -> str:
        """The fingerprint of the file as it came."""
        return hashlib.sha256(self.original).hexdigest()


@dataclass(frozen=True)
class Loaded:
    """What became of one file."""

    counted: Counted
    was_there: bool
    """The same bytes were loaded before, so nothing was written."""


def replay_files(
    files: Sequence[Path], *, is_demo: bool = False, on_counted: Callable[[Path], None] = lambda _: None
) -> list[Loaded]:
    """Load past elections, all or nothing. A file loaded before is left alone; a changed one replaces its contest.

    `on_counted` hears of every file that has been read and counted. Raises `BadInput` for a file that cannot be read,
    with nothing written.
    """
    counted = []
    for file in files:
        counted.append(count_file(file))
        on_counted(file)
    return store(counted, is_demo=is_demo)


def count_file(file: Path) -> Counted:
    """Read one file and count it by its own rule, then by the others."""
    return _counted(read(file), file.read_bytes(), file.name)


def count_content(content: bytes, file_name: str) -> Counted:
    """The same for a file that is in memory."""
    return _counted(read(content, name=file_name), content, file_name)


def _counted(election: Election, content: bytes, file_name: str) -> Counted:
    election, rule = plain(election), rule_in_file(election.meta)
    outcomes = [count(election, each) for each in (rule, *other_rules(election, rule))]
    return Counted(file_name, content, election, contest_of(election.meta, file_name), outcomes)


def store(counted: Sequence[Counted], *, is_demo: bool = False) -> list[Loaded]:
    """Write counted files in one transaction."""
    _refuse_same_contest_twice(counted)
    with transaction() as session:
        _refuse_council_rounds(counted)
        return [_load(session, each, is_demo) for each in counted]


def _load(session: Session, counted: Counted, is_demo: bool) -> Loaded:
    was_there = _is_there(counted)
    if not was_there:
        _write(session, counted, is_demo)
    return Loaded(counted, was_there)


def _refuse_same_contest_twice(counted: Sequence[Counted]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for each in counted:
        key = (each.contest.round_slug, each.contest.slug)
        if key in seen:
            raise SameContestTwice(
                f"{seen[key]} and {each.file_name} are the same contest, “{each.contest.name}” of "
                f"“{each.contest.round_name}”. Leave one of them out."
            )
        seen[key] = each.file_name


def _refuse_council_rounds(counted: Sequence[Counted]) -> None:
    for each in counted:
        if is_council_round(each.contest.round_slug):
            raise NameOfCouncilRound(
                f"{each.file_name} calls itself “{each.contest.round_name}”, as a round of this council does. A past "
                "vote is never written into one: change `unit` or `instance` in the file, then load it again."
            )


def _is_there(counted: Counted) -> bool:
    found = pot_by_slugs(counted.contest.round_slug, counted.contest.slug)
    return found is not None and loaded_before(found[1].id, counted.sha256)


def _write(session: Session, counted: Counted, is_demo: bool) -> None:
    election, pot_id = counted.election, _make_pot(session, counted, is_demo)
    proposals = add_projects(session, pot_id, election.projects)
    record_ballot_count(session, pot_id, election, ballot_sizes(election))
    for position, outcome in enumerate(counted.outcomes):
        record_outcome(session, pot_id, position, outcome, election, proposals)
    session.add(
        Replay(
            pot_id=pot_id,
            file_name=counted.file_name,
            sha256=counted.sha256,
            original=zlib.compress(counted.original),
            public=zlib.compress(write(election)),
            meta=dict(election.meta),
            notices=[[notice.line, notice.text] for notice in election.notices],
            stated_winners=stated_winners(election),
        )
    )
    session.flush()
    session.expunge_all()  # a hundred files are not held in memory until the end


def _make_pot(session: Session, counted: Counted, is_demo: bool) -> int:
    election, contest, meta = counted.election, counted.contest, counted.election.meta
    round_id = put_round(
        session,
        contest.round_slug,
        name=contest.round_name,
        place=contest.place,
        phase="published",
        language=language_in(meta),
        currency=election.currency,
        opens_on=day_in(meta, "date_begin"),
        closes_on=day_in(meta, "date_end"),
        dates_as_stated=dates_as_stated(meta),
        is_demo=is_demo,
    )
    return replace_pot(
        session,
        round_id,
        contest.slug,
        ward_id=_ward_id(meta.get("ward_code", "")),
        name=contest.name,
        amount=election.pot,
        units=election.units,
        ballot_type=election.ballot_type,
        rule=rule_as_json(counted.outcomes[0].rule),
    )


def _ward_id(code: str) -> int | None:
    """The ward a file says its contest belongs to, by META `ward_code`; None where it does not, or we have no such."""
    ward = ward_by_code(code) if code else None
    return ward.id if ward else None
