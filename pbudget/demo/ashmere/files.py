"""The past rounds of Ashmere as Pabulib files: what a council would hand in, the same bytes every time."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pbudget.demo.ashmere.ballots import Ballot, ballots_of
from pbudget.demo.ashmere.editions import (
    BOROUGH_WIDE,
    FIRST,
    SECOND,
    CostedIdea,
    Edition,
    borough_ideas,
    ward_ideas,
)
from pbudget.demo.ashmere.wards import PLACE, WARDS, MadeUpWard
from pbudget.wards.rules.names import DEMO_SOURCE

VOTED_ON_THE_BOROUGH = 0.42
"""Share of those who voted in their ward who went on to the ballot of the whole borough."""
MOST_CHOICES, ALL_POINTS = 5, 10


def past_files() -> dict[str, bytes]:
    """Every past contest by file name: eight wards twice, then the whole borough once."""
    contests = [(ward, edition) for edition in (FIRST, SECOND) for ward in WARDS]
    files = {_file_name(ward.name, edition): ward_file(ward, edition) for ward, edition in contests}
    return {**files, _file_name(BOROUGH_WIDE, SECOND): borough_file(SECOND)}


def _file_name(contest: str, edition: Edition) -> str:
    return f"{DEMO_SOURCE} - {contest} {edition.year}.pb"


def ward_file(ward: MadeUpWard, edition: Edition) -> bytes:
    """One ward's contest: choose up to five."""
    projects = ward_ideas(ward, edition)
    number = ward.turnout[(FIRST, SECOND).index(edition)]
    ballots = ballots_of([ward], number, projects, f"votes of {ward.name} in {edition.year}")
    own = {"subunit": ward.name, "ward_code": ward.code, "budget": edition.ward_pot}
    return pabulib(edition, {**own, "vote_type": "approval", "max_length": MOST_CHOICES}, projects, ballots)


def borough_file(edition: Edition) -> bytes:
    """The contest of the whole borough: ten points for up to five projects."""
    projects = borough_ideas(edition)
    number = round(VOTED_ON_THE_BOROUGH * sum(ward.turnout[(FIRST, SECOND).index(edition)] for ward in WARDS))
    ballots = ballots_of(WARDS, number, projects, f"votes of the borough in {edition.year}")
    own = {"subunit": BOROUGH_WIDE, "budget": edition.borough_pot, "vote_type": "cumulative"}
    return pabulib(edition, {**own, "max_length": MOST_CHOICES, "max_sum_points": ALL_POINTS}, projects, ballots)


def pabulib(
    edition: Edition, own: Mapping[str, object], projects: Sequence[CostedIdea], ballots: Sequence[Ballot]
) -> bytes:
    """The file of one contest; `own` is what META says of this contest alone."""
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\n")
    meta = {**_meta(edition), **own, "num_projects": len(projects), "num_votes": len(ballots)}
    with_points = meta["vote_type"] == "cumulative"
    table.writerows([["META"], ["key", "value"], *meta.items()])
    table.writerows([["PROJECTS"], *_projects(projects, ballots, with_points)])
    table.writerows([["VOTES"], *_votes(ballots, with_points)])
    return out.getvalue().encode()


def _meta(edition: Edition) -> dict[str, object]:
    return {
        "description": DEMO_SOURCE,
        "unit": PLACE,
        "instance": edition.name,
        "rule": edition.rule,
        "date_begin": f"{edition.opens_on:%d.%m.%Y}",
        "date_end": f"{edition.closes_on:%d.%m.%Y}",
        "language": "en",
        "currency": "GBP",
    }


def _projects(
    projects: Sequence[CostedIdea], ballots: Sequence[Ballot], with_points: bool
) -> Iterator[Sequence[object]]:
    votes = Counter(reference for ballot in ballots for reference in ballot.choices)
    score: Counter[str] = Counter()
    for ballot in ballots if with_points else ():
        score.update(dict(zip(ballot.choices, ballot.points, strict=True)))
    yield ["project_id", "cost", "votes", *(["score"] if with_points else []), "name", "category", "description"]
    for each in projects:
        counted = [votes[each.reference], *([score[each.reference]] if with_points else [])]
        yield [each.reference, each.cost, *counted, each.title, each.category, each.description]


def _votes(ballots: Sequence[Ballot], with_points: bool) -> Iterator[Sequence[object]]:
    yield ["voter_id", "age", "sex", "vote", *(["points"] if with_points else [])]
    for number, ballot in enumerate(ballots, 1):
        points = [",".join(map(str, ballot.points))] if with_points else []
        yield [number, ballot.age, ballot.sex, ",".join(ballot.choices), *points]
