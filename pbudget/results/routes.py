"""The result of a contest: who won and why, how it was counted, what other rules would have funded."""

from flask import Blueprint, Response, abort, render_template, send_file

from pbudget.guard.queries import has_report
from pbudget.ledger.queries import head_of
from pbudget.ledger.rules import fingerprint
from pbudget.replays.queries import source_of
from pbudget.results import words
from pbudget.results.bundles import bundle_file
from pbudget.results.declaring import declaration_page
from pbudget.results.officer_acts import all_is_gone
from pbudget.results.queries import (
    Contest,
    CountView,
    brief_lines_of,
    contest_at,
    contests_of,
    differences,
    latest_bundle,
    lines_of,
    published_round,
    standing_of,
)
from pbudget.results.recount_queries import recounts_of
from pbudget.results.rules.facts import ASSURANCE_WORDS, CHECK_WORDS, turnout_of
from pbudget.results.rules.publishing import channel_cells, percent
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
    ran_here = shown.round.closes_at is not None  # a replay has no moments
    counted, published = standing_of(shown.round.id) if ran_here else (None, None)
    brief = brief_lines_of(shown.result.id)
    source = None if counted else source_of(shown.pot.id)
    return {
        "words": words,
        "taken_part": _taking_part(counted, shown.pot.ward_id) if counted else None,
        "caveat": published.caveat if published else "",
        "form": published.forms.get(shown.pot.slug) if published else None,
        "lot": words.lot_sentence(shown.result.rule.ties) if counted else "",
        "sentences": _counting_sentences(shown),
        "segments": [line.cost for line in brief if line.funded],
        "differences": differences(shown.outcomes),
        "source": source,
        "guarded": has_report(shown.pot.id),
        "ties": words.tie_sentences(shown.result.story["ties"]),
        "record": words.record_sentence(brief, source.stated_winners) if source and source.stated_winners else "",
    }


def _taking_part(counted: CountView, ward_id: int | None) -> list[str]:
    """Turnout of the contest's ward, or of the whole round, and what the identity of voters rests on."""
    ballots, roll = turnout_of(counted.facts, ward_id)
    share = percent(ballots, roll) if roll else ""
    return [words.turnout_sentence(ballots, roll, share), ASSURANCE_WORDS[counted.facts["assurance"]]]


@pages.get("/rounds/<slug>/result")
@public
def round_result(slug: str) -> str:
    """A round's result as a whole: who took part, how to check it, the challenge period, the seal."""
    round_, counted, published = published_round(slug) or abort(404)
    head = head_of(round_.id)
    return render_template(
        "results/round.html",
        round=round_,
        contests=contests_of([round_.id])[round_.id],
        counted=counted,
        published=published,
        fingerprint=fingerprint(head.head) if head else "",
        entries=head.seq if head else 0,
        cells=channel_cells(counted.facts["channels"]),
        recounts=recounts_of(round_.id),
        keys_gone=all_is_gone(round_),
        signed=bool((bundle := latest_bundle(round_.id)) and bundle.signature),
        **_round_words(counted),
    )


def _round_words(counted: CountView) -> dict[str, object]:
    facts = counted.facts
    return {
        "words": words,
        "turnout_of": turnout_of,
        "percent": percent,
        "assurance": ASSURANCE_WORDS[facts["assurance"]],
        "check": CHECK_WORDS[facts["roll_check"]],
        "replaced": words.replaced_sentences(facts),
    }


@pages.get("/rounds/<slug>/bundle.zip")
@public
def bundle(slug: str) -> Response:
    """Everything public about a round in one signed file."""
    round_, _, published = published_round(slug) or abort(404)
    kept = latest_bundle(round_.id) or abort(404)
    name = f"{round_.slug}-result.zip"
    place = bundle_file(round_, kept, published.forms)
    return send_file(place, mimetype="application/zip", as_attachment=True, download_name=name, max_age=0)


@pages.get("/rounds/<slug>/declaration")
@public
def declaration(slug: str) -> str:
    """The declaration of result as it was signed."""
    round_, counted, published = published_round(slug) or abort(404)
    return declaration_page(round_, counted, published, staff=False)


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
