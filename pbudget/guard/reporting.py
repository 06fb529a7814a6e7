"""Reports on past votes: each contest against its ward's residents, or against all who voted in its round."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy.orm import Session

from pbudget.balance.ages import OLDEST
from pbudget.balance.thresholds import Thresholds
from pbudget.db import database_now, transaction
from pbudget.guard.document import Document
from pbudget.guard.models import GuardReport
from pbudget.guard.participation import counts_with_silence
from pbudget.guard.past_votes import Look, look_at
from pbudget.guard.pooling import Pooled, WardVotes, beside_the_round, pool, programme_lines
from pbudget.guard.residents import Residents, of_ward, open_to
from pbudget.guard.rules.labels import AGE, SEX, asked_as, labels_of
from pbudget.replays.actions import replay_files
from pbudget.replays.queries import original_file
from pbudget.replays.rules import plain
from pbudget.rounds.queries import pot_by_slugs, pots_of
from pbudget.tally.election import Election
from pbudget.tally.pabulib import read
from pbudget.wards.queries import dimensions_of
from pbudget.wards.rules.residents import Dimension, dimension_of

BANDS = ("0-17", "18-29", "30-44", "45-59", "60+")
"""Ages where contests are held against each other and no figures say which bands to use."""
SEXES = ("F", "M")
YOUNGEST = 16
OWN_VOTERS = "all who voted in the same round"
FEWEST_CONTESTS = 3
"""Two contests cannot be held against each other: what is unusual in one is unusual in the other."""


@dataclass(frozen=True)
class PastContest:
    """One contest of a past round: its pot, its file, and the residents of its ward where they are known."""

    pot_id: int
    election: Election
    residents: Residents | None = None
    is_for_all: bool = False
    """Voted on by every ward of the round, whose residents together it is held against."""


def report_past_round(round_id: int) -> int:
    """Make and keep a report for every contest of a replayed round that says who its voters were; how many."""
    contests = [each for each in _contests(round_id) if _asks(each.election)]
    pooled = pool([votes_of(each) for each in contests if each.residents and not each.is_for_all], Thresholds())
    with transaction() as session:
        made = [_report(session, each, contests, pooled) for each in contests]
    return sum(made)


def keep_past_vote(file: Path, residents: Residents) -> tuple[str, str]:
    """Load a past vote, as `pbudget replay` does, and keep its report beside these people; its round and its pot.

    A report that was there is replaced. Raises BadInput for a file that cannot be read.
    """
    loaded = replay_files([file])[0]
    contest = loaded.counted.contest
    found = pot_by_slugs(contest.round_slug, contest.slug)
    assert found is not None
    looked = look_at(plain(read(loaded.counted.original, keep_voters=True)), residents)
    with transaction() as session:
        keep_report(session, found[1].id, looked)
    return contest.round_slug, contest.slug


def _contests(round_id: int) -> list[PastContest]:
    found, pots = [], pots_of(round_id)
    all_wards = [pot.ward_id for pot in pots if pot.ward_id is not None]
    for pot in pots:
        content = original_file(pot.id)
        if content is not None:
            wards = [pot.ward_id] if pot.ward_id is not None else all_wards
            found.append(PastContest(pot.id, read(content, keep_voters=True), residents_of(wards), pot.ward_id is None))
    return found


def residents_of(ward_ids: Sequence[int], youngest: int = YOUNGEST, oldest: int = OLDEST) -> Residents | None:
    """Residents of these ages of a ward, or of several together, by the figures in use; None where one has none."""
    figures = [dimensions_of(ward_id) for ward_id in ward_ids]
    if not figures or not all(figures):
        return None
    found = of_ward(together(figures))
    return open_to(found, youngest, oldest) if any(asked_as(each) == AGE for each in found.shares) else found


def together(wards: Sequence[Sequence[Dimension]]) -> list[Dimension]:
    """The figures of several wards added up, in the dimensions that all of them have."""
    by_name = [{each.name: each for each in dimensions} for dimensions in wards]
    shared = [name for name in by_name[0] if all(name in each for each in by_name)]
    return [_added([each[name] for each in by_name]) for name in shared]


def _added(dimensions: Sequence[Dimension]) -> Dimension:
    counts = Counter[str]()
    for each in dimensions:
        counts.update({group.name: group.count for group in each.groups})
    sources = [source for each in dimensions for source in each.sources]
    days = [day for each in dimensions for day in each.dates]
    return dimension_of(dimensions[0].name, dimensions[0].base, list(counts.items()), sources, days)


def _asks(election: Election) -> bool:
    """Whether the file says anything about who voted."""
    return bool({AGE, SEX} & {name.strip().lower() for name in election.voter_columns})


def _report(session: Session, contest: PastContest, others: Sequence[PastContest], pooled: Sequence[Pooled]) -> bool:
    if contest.residents is None:
        beside = own_voters([each.election for each in others]) if len(others) >= FEWEST_CONTESTS else None
        if beside is None:
            return False
        keep_report(session, contest.pot_id, look_at(contest.election, beside))
        return True
    plain, judged = (
        look_at(contest.election, each) for each in (contest.residents, beside_the_round(contest.residents, pooled))
    )
    document = judged_beside(plain, judged, left_out_beside(pooled, plain) if contest.is_for_all else {})
    keep_report(session, contest.pot_id, judged, document, programme_lines(pooled))
    return True


def left_out_beside(pooled: Sequence[Pooled], looked: Look) -> dict[str, frozenset[str]]:
    """What a contest of all wards leaves out, by dimension, so that it gives away nothing beside the wards' reports."""
    by_name = {each.dimension: each for each in pooled}
    return {
        name: by_name[name].left_out(
            counts_with_silence({group: each.x for group, each in balance.groups.items()}, balance.n)
        )
        for name, balance in looked.found.balances.items()
        if name in by_name
    }


def judged_beside(plain: Look, judged: Look, left_out: Mapping[str, frozenset[str]]) -> Document:
    """The report by the verdict beside the round, with the tables of who took part beside residents."""
    beside_residents = plain.document(left_out)
    return replace(
        judged.document(left_out), participation=beside_residents.participation, beside=beside_residents.beside
    )


def keep_report(
    session: Session, pot_id: int, looked: Look, document: Document | None = None, programme: Sequence[str] = ()
) -> None:
    """Keep what people may read of a report, in place of an earlier one. The working paper is not kept."""
    made, shown = looked.as_object(), document or looked.document()
    session.merge(
        GuardReport(
            pot_id=pot_id,
            made_at=database_now(session),
            verdict=shown.verdict,
            document=asdict(shown),
            programme=list(programme),
            **{name: made[name] for name in ("input_hash", "config_version", "baseline_version")},
        )
    )
    session.flush()


def votes_of(contest: PastContest) -> WardVotes:
    """One ward's ballots by group, beside its residents."""
    assert contest.residents is not None
    shares = contest.residents.shares
    counts = {name: counts_of(contest.election, name, shares[name]) for name in shares}
    return WardVotes(contest.residents, counts, contest.election.ballots)


def counts_of(election: Election, dimension: str, shares: Mapping[str, float]) -> dict[str, int]:
    """Ballots by group of one dimension; those of nobody's group are left out."""
    names = [name.strip().lower() for name in election.voter_columns]
    question = asked_as(dimension)
    if question not in names:
        return {}
    place = names.index(question)
    said = Counter(labels_of(dimension, [voter.values[place] for voter in election.voters], list(shares)))
    return {group: said[group] for group in shares}


def own_voters(elections: Sequence[Election]) -> Residents | None:
    """Everybody who voted in these contests, as what one of them is held against; None where nobody said anything."""
    bands = {AGE: dict.fromkeys(BANDS, 0.0), SEX: dict.fromkeys(SEXES, 0.0)}
    shares = {}
    for dimension, groups in bands.items():
        said = Counter[str]()
        for election in elections:
            said.update(counts_of(election, dimension, groups))
        if said.total():
            shares[dimension] = {group: said[group] / said.total() for group in groups}
    return Residents(shares, name=OWN_VOTERS) if shares else None
