"""Builders of small Pabulib files: a test states only what matters to it."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def pabulib(
    projects: Sequence[tuple[str, int, str]] = (("1", 60, "Test swings"), ("2", 50, "Test benches")),
    ballots: Sequence[str] = ("1", "1,2", "2"),
    budget: int = 100,
    **meta: str,
) -> str:
    """The text of an approval election: projects are (id, cost, name), ballots are lists of ids."""
    head: Mapping[str, str] = {
        "description": "Test election",
        "country": "Testland",
        "unit": "Testtown",
        "instance": "2024",
        "num_projects": str(len(projects)),
        "num_votes": str(len(ballots)),
        "budget": str(budget),
        "vote_type": "approval",
        "rule": "greedy",
        "currency": "GBP",
        "language": "en",
        "date_begin": "01.03.2024",
        "date_end": "14.03.2024",
        **meta,
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in head.items())]
    lines += ["PROJECTS", "project_id;cost;name", *(f'{i};{cost};"{name}"' for i, cost, name in projects)]
    lines += ["VOTES", "voter_id;vote;age;sex", *(f"{i};{vote};33;F" for i, vote in enumerate(ballots))]
    return "\n".join(lines) + "\n"


def pb_file(folder: Path, name: str = "test.pb", **what) -> Path:
    """That election as a file."""
    path = folder / name
    path.write_text(pabulib(**what), encoding="utf-8")
    return path
