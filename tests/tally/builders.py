"""Small elections for tests, said in as few words as what matters."""

from collections.abc import Mapping, Sequence

from pbudget.tally.election import BallotClass, Election, Number, Project

Ballot = str | Mapping[str, Number]


def make_election(pot: int, costs: Mapping[str, int], ballots: Sequence[Ballot], **changes: object) -> Election:
    """An election in whole pounds: `make_election(100, {"A": 60, "B": 50}, ["A", "A B", ""])`.

    A ballot is the ids on it with spaces between, or for points a mapping of ids to points. Identical ballots merge.
    """
    place = {project: i for i, project in enumerate(costs)}
    merged: dict[tuple[tuple[int, ...], tuple[Number, ...]], int] = {}
    for ballot in ballots:
        said = _said(ballot, place, str(changes.get("ballot_type", "approval")))
        merged[said] = merged.get(said, 0) + 1
    settings = {"length": len(costs), "name": "test.pb", **changes}
    return Election(
        pot=pot * 100,
        projects=tuple(Project(project, cost * 100) for project, cost in costs.items()),
        classes=tuple(BallotClass(choices, times, points) for (choices, points), times in merged.items()),
        **settings,  # type: ignore[arg-type]
    )


def _said(ballot: Ballot, place: Mapping[str, int], ballot_type: str) -> tuple[tuple[int, ...], tuple[Number, ...]]:
    if isinstance(ballot, Mapping):
        given = sorted((place[project], points) for project, points in ballot.items())
        return tuple(i for i, _ in given), tuple(points for _, points in given)
    choices = [place[project] for project in ballot.split()]
    return tuple(choices if ballot_type == "ranked" else sorted(choices)), ()


def pb_file(
    votes: str = "1;1\n2;1,2\n3;2\n",
    projects: str = "1;60;Park\n2;50;Bench\n",
    header: str = "voter_id;vote",
    columns: str = "project_id;cost;name",
    **meta: object,
) -> bytes:
    """The bytes of a small Pabulib file; keywords replace or add lines of META, None leaves one out."""
    stated = {
        "description": "Test",
        "country": "Poland",
        "unit": "Town",
        "instance": "2024",
        "num_projects": projects.count("\n"),
        "num_votes": votes.count("\n"),
        "budget": 100,
        "vote_type": "approval",
        "rule": "greedy",
        "date_begin": "2024",
        "date_end": "2024",
        "currency": "GBP",
        **meta,
    }
    lines = "".join(f"{key};{value}\n" for key, value in stated.items() if value is not None)
    return f"META\nkey;value\n{lines}PROJECTS\n{columns}\n{projects}VOTES\n{header}\n{votes}".encode()
