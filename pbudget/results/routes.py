"""The result of a contest: who won and why, how it was counted, what other rules would have funded."""

from flask import Blueprint, abort, render_template

from pbudget.replays.queries import source_of
from pbudget.results import words
from pbudget.results.queries import (
    Contest,
    brief_lines_of,
    contest_at,
    differences,
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
    source, brief = source_of(shown.pot.id), brief_lines_of(shown.result.id)
    return {
        "words": words,
        "sentences": _counting_sentences(shown),
        "segments": [line.cost for line in brief if line.funded],
        "differences": differences(shown.outcomes),
        "source": source,
        "ties": words.tie_sentences(shown.result.story["ties"]),
        "record": words.record_sentence(brief, source.stated_winners) if source and source.stated_winners else "",
    }


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
        ties=words.tie_sentences(shown.result.story["ties"]),
    )


def _counting_sentences(shown: Contest) -> list[str]:
    ballots, pot = shown.ballots.ballots, shown.pot.amount
    share = shown.money(pot // ballots) if ballots else ""
    return words.counting_sentences(
        shown.result.rule, ballots, shown.result.projects, shown.money(pot), share, shown.result.story
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
