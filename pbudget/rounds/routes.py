"""The list of rounds, one round with its contests, and its manifest."""

import json
from datetime import datetime

from flask import Blueprint, Response, abort, current_app, render_template, url_for

from pbudget.balance import clusters, quorum
from pbudget.balance.clusters import clusters_in_words
from pbudget.balance.published import limits_in_words, published_in
from pbudget.balance.quorum import quorum_in_words
from pbudget.balance.thresholds import Thresholds
from pbudget.db import database_now, db
from pbudget.kit.clock import LONDON, say_dates
from pbudget.ledger.queries import acts, checkpoints_of, head_of
from pbudget.proposals.queries import numbers_of_proposals
from pbudget.results.queries import ContestSummary, contests_of, publication_of
from pbudget.results.words import contest_words, plural
from pbudget.rounds.queries import RoundView, clusters_of, number_of_rounds, pots_of, round_by_slug, rounds_under_way
from pbudget.rounds.queries import rounds as rounds_in
from pbudget.rounds.rules.notices import notices_of
from pbudget.rounds.rules.phases import DECIDED, SET_UP
from pbudget.web.access import public
from pbudget.web.paging import asked_page

pages = Blueprint("rounds", __name__)

pages.add_app_template_filter(contest_words)
ROUNDS_A_PAGE = 20
CONTESTS_A_PAGE = 40
MOST_COMING_UP = 10


@pages.get("/rounds")
@public
def rounds() -> str:
    """What is open, what is being prepared, and every published result, the latest first."""
    paging = asked_page(number_of_rounds(DECIDED), ROUNDS_A_PAGE)
    published = rounds_in(DECIDED, ROUNDS_A_PAGE, paging.offset)
    now = database_now(db.session())
    current = [(each, each.stage(now)) for each in rounds_under_way(MOST_COMING_UP)]
    return render_template(
        "rounds/rounds.html",
        paging=paging,
        current=current,
        published=with_totals(published),
    )


@pages.app_template_filter()
def voting_dates(round_: RoundView) -> str:
    """The days on which people vote in a round, as far as they are known; the last one as it was, if it ended early."""
    ended = round_.closed_at.astimezone(LONDON).date() if round_.closed_at else None
    last = min(ended, round_.closes_on) if ended and round_.closes_on else round_.closes_on
    return say_dates(round_.opens_on, last, round_.dates_as_stated)


def with_totals(rounds: list[RoundView]) -> list[tuple[RoundView, list[ContestSummary]]]:
    """Each round with its contests, in one further statement."""
    contests = contests_of([round_.id for round_ in rounds])
    return [(round_, contests[round_.id]) for round_ in rounds]


@pages.get("/rounds/<slug>")
@public
def one_round(slug: str) -> str:
    """A round: until when one can vote and how, or its dates and pots, or the result of each contest once it is out."""
    round_ = round_by_slug(slug) or abort(404)
    if round_.phase not in DECIDED:
        return _current(round_)
    contests = contests_of([round_.id])[round_.id]
    limits, published = _limits_in(round_), publication_of(round_.id) if round_.opened_at else None
    paging = asked_page(len(contests), CONTESTS_A_PAGE)
    return render_template(
        "rounds/published.html",
        round=round_,
        contests=contests,
        paging=paging,
        has_manifest=round_.opened_at is not None,
        limits=limits,
        caveat=published.caveat if published else "",
        notices=notices_of(acts(round_.id)) if round_.opened_at else [],
    )


def _current(round_: RoundView) -> str:
    checkpoints = checkpoints_of(round_.id) if round_.opened_at else []
    proposals = numbers_of_proposals(round_.id) if round_.opened_at else {}
    return render_template(
        "rounds/coming-up.html",
        round=round_,
        stage=round_.stage(database_now(db.session())),
        pots=pots_of(round_.id),
        projects={pot_id: plural(number, "project") for pot_id, number in proposals.items()},
        limits=_limits_in(round_),
        start=_start_of_voting(round_),
        notices=notices_of(acts(round_.id)) if round_.opened_at else [],
        checkpoint=checkpoints[-1] if checkpoints else None,
        signed_at=datetime.fromisoformat(checkpoints[-1].utc) if checkpoints else None,
    )


def _limits_in(round_: RoundView) -> tuple[str, ...]:
    """What the guard will go by in this round, in sentences; nothing where it opened without saying so."""
    if round_.opened_at is None and round_.phase != SET_UP:
        return ()
    if round_.opened_at is None:
        joined = clusters_in_words(clusters_of(pots_of(round_.id), {}))
        return (*quorum_in_words(round_.quorum), *joined, *limits_in_words(Thresholds()))
    head = head_of(round_.id)
    manifest = json.loads(head.manifest) if head else {}
    needed, published = quorum.published_in(manifest), published_in(manifest)
    words = (*(quorum_in_words(needed.quorum) if needed else ()), *clusters_in_words(clusters.published_in(manifest)))
    return (*words, *limits_in_words(published)) if published else words


def _start_of_voting(round_: RoundView) -> str:
    """Where voting begins; empty for a round that cannot be voted in online, or at all."""
    there = "ballots.start" in current_app.view_functions
    return url_for("ballots.start", slug=round_.slug) if there and round_.opened_at and round_.channel_online else ""


@pages.get("/rounds/<slug>/manifest.json")
@public
def manifest(slug: str) -> Response:
    """The manifest, byte for byte as the ledger starts from it; 404 before the round opens."""
    round_ = round_by_slug(slug) or abort(404)
    head = head_of(round_.id) or abort(404)
    return Response(head.manifest, mimetype="application/json")
