"""What the ledger keeps of a ballot, and nothing else: no code, no roll entry, no time (docs/ledger.md)."""

from collections.abc import Mapping
from typing import Any

from pbudget.ballots.rules.choices import Problem, blank, canonical_choices, check_choices
from pbudget.ballots.rules.paper import Choices, Paper

VERSION = 1


def payload_of(
    paper: Paper,
    choices: Mapping[str, Choices],
    *,
    round_name: str,
    slot: str,
    ward: str,
    channel: str,
    assurance: str,
    helped: bool = False,
) -> dict[str, Any]:
    """The ballot as the ledger keeps it; every contest of the paper is in it, a blank one as nothing chosen.

    `helped` is there only where it is true: the voter said that somebody helped, not who.
    """
    contests = {
        contest.slug: canonical_choices(contest, choices.get(contest.slug, blank(contest.ballot_type)))
        for contest in paper.contests
    }
    return {
        "v": VERSION,
        "round": round_name,
        "slot": slot,
        "ward": ward,
        "channel": channel,
        "assurance": assurance,
        "contests": contests,
        **({"helped": True} if helped else {}),
    }


def problems_of_ballot(paper: Paper, choices: Mapping[str, Any]) -> dict[str, list[Problem]]:
    """What keeps the whole ballot from being cast, by the slug of the contest; empty when nothing does."""
    found = {
        contest.slug: check_choices(contest, choices.get(contest.slug, blank(contest.ballot_type)))
        for contest in paper.contests
    }
    return {slug: problems for slug, problems in found.items() if problems}


def is_blank_ballot(paper: Paper, choices: Mapping[str, Choices]) -> bool:
    """Whether nothing has been chosen in any contest."""
    return not any(choices.get(contest.slug) for contest in paper.contests)
