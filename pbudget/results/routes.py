"""The result of a contest: who won and why, how it was counted, what other rules would have funded."""

from flask import Blueprint, abort, render_template

from pbudget.proposals.queries import titles_of
from pbudget.replays.queries import source_of
from pbudget.results import words
from pbudget.results.queries import (
    Contest,
    ballots_of,
    compare_with_record,
    contest_at,
    differences,
    funded_costs,
    lines_of,
)
from pbudget.web.access import public
from pbudget.web.paging import Paging, asked_page

pages = Blueprint("results", __name__)

PROJECTS_A_PAGE = 30
STEPS_A_PAGE = 30
MOST_TITLES = 10
"""Titles listed under another rule; the JSON download has all of them."""


def published_contest(round_slug: str, pot_slug: str) -> Contest:
    """The contest at this address; 404 when there is none or its result is not out."""
    return contest_at(round_slug, pot_slug) or abort(404)


@pages.get("/rounds/<round_slug>/<pot_slug>")
@public
def contest(round_slug: str, pot_slug: str) -> str:
    """The result: winners first, then the others, each with its reason."""
    shown = published_contest(round_slug, pot_slug)
    paging = asked_page(shown.result.projects, PROJECTS_A_PAGE)
    lines = lines_of(shown.result.id, PROJECTS_A_PAGE, paging.offset)
    return render_template(
        "results/contest.html", contest=shown, paging=paging, lines=lines, **_evidence(shown, paging)
    )


def _evidence(shown: Contest, paging: Paging) -> dict[str, object]:
    """What stands under the list on its first page: ballots, other rules, ties, where the figures come from."""
    if paging.number > 1:
        return {"words": words}
    source = source_of(shown.pot.id)
    winners = [] if source is None else source.stated_winners
    return {
        "words": words,
        "segments": funded_costs(shown.result.id),
        "ballots": ballots_of(shown.pot.id),
        "differences": differences(shown.outcomes),
        "source": source,
        "ties": tie_sentences(shown),
        "record": compare_with_record(shown.result.id, winners) if winners else None,
    }


def tie_sentences(shown: Contest) -> list[str]:
    """The ties that decided money, in words with the projects' titles."""
    ties = shown.result.story["ties"]
    titles = titles_of(shown.pot.id, {name for tie in ties for name in [*tie["won"], *tie["lost"]]})
    return [
        words.tie_sentence([titles[r] for r in tie["won"]], [titles[r] for r in tie["lost"]], tie["decided_by"])
        for tie in ties
    ]


@pages.get("/rounds/<round_slug>/<pot_slug>/how-it-was-counted")
@public
def counting(round_slug: str, pot_slug: str) -> str:
    """The rule in plain English with this contest's figures, then every step of the count."""
    shown = published_contest(round_slug, pot_slug)
    paging = asked_page(shown.result.funded, STEPS_A_PAGE)
    steps = lines_of(shown.result.id, STEPS_A_PAGE, paging.offset, funded_only=True)
    return render_template(
        "results/counting.html",
        contest=shown,
        paging=paging,
        steps=steps,
        sentences=_counting_sentences(shown),
        ties=tie_sentences(shown),
    )


def _counting_sentences(shown: Contest) -> list[str]:
    ballots = ballots_of(shown.pot.id)
    number = ballots.ballots if ballots else 0
    share = shown.money(shown.pot.amount // number) if number else ""
    return words.counting_sentences(
        shown.result.rule, number, shown.result.projects, shown.money(shown.pot.amount), share, shown.result.story
    )


@pages.get("/rounds/<round_slug>/<pot_slug>/other-rules")
@public
def other_rules(round_slug: str, pot_slug: str) -> str:
    """What the same ballots would have funded under other rules, project by project."""
    shown = published_contest(round_slug, pot_slug)
    return render_template(
        "results/other-rules.html",
        contest=shown,
        differences=differences(shown.outcomes),
        words=words,
        most=MOST_TITLES,
    )
