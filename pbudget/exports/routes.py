"""Downloads of a contest: ballots as Pabulib, projects with reasons as CSV, the outcome as JSON."""

import json

from flask import Blueprint, Response, abort

from pbudget.kit.money import amount_text
from pbudget.kit.spreadsheets import csv_bytes
from pbudget.replays.queries import public_ballots, source_of
from pbudget.results.queries import Contest, contest_at, contest_content, lines_of, publication_of
from pbudget.results.rules.publishing import BALLOTS
from pbudget.web.access import public

pages = Blueprint("exports", __name__)


@pages.get("/rounds/<round_slug>/<pot_slug>/ballots.pb")
@public
def ballots(round_slug: str, pot_slug: str) -> Response:
    """The ballots, shuffled and renumbered, without anything about the people who cast them."""
    shown = contest_at(round_slug, pot_slug) or abort(404)
    content = _published_ballots(shown) or public_ballots(shown.pot.id)
    return download(content, "text/plain", shown, "pb") if content is not None else abort(404)


def _published_ballots(shown: Contest) -> bytes | None:
    """The file of a contest that was voted on here, where two officers published it as ballots."""
    published = publication_of(shown.round.id)
    if published is None or published.forms.get(shown.pot.slug) != BALLOTS:
        return None
    return contest_content(shown.pot.id)


@pages.get("/rounds/<round_slug>/<pot_slug>/projects.csv")
@public
def projects(round_slug: str, pot_slug: str) -> Response:
    """Every project with its cost, votes, score and reason, in the order of the result."""
    shown = contest_at(round_slug, pot_slug) or abort(404)
    header = [
        "project",
        "title",
        f"cost_{shown.round.currency or 'money'}",
        "funded",
        "votes",
        "score",
        "rank",
        "reason",
        "description",
    ]
    rows = [
        [
            line.reference,
            line.title,
            amount_text(line.cost, shown.pot.units),
            "yes" if line.funded else "no",
            line.votes,
            str(line.score),
            line.rank,
            line.reason,
            line.description,
        ]
        for line in lines_of(shown.result.id)
    ]
    return download(csv_bytes([header, *rows]), "text/csv", shown, "csv")


@pages.get("/rounds/<round_slug>/<pot_slug>/outcome.json")
@public
def outcome(round_slug: str, pot_slug: str) -> Response:
    """The result and every what-if with exact figures, for programs."""
    shown = contest_at(round_slug, pot_slug) or abort(404)
    content = json.dumps(_outcome(shown), ensure_ascii=False, indent=1, sort_keys=True)
    return download(content.encode(), "application/json", shown, "json")


def _outcome(shown: Contest) -> dict[str, object]:
    source, units = source_of(shown.pot.id), shown.pot.units
    return {
        "round": shown.round.name,
        "contest": shown.pot.name,
        "currency": shown.round.currency,
        "pot": amount_text(shown.pot.amount, units),
        "ballots": shown.ballots.ballots,
        "blank_ballots": shown.ballots.blank,
        "source": {"file": source.file_name, "sha256": source.sha256} if source else None,
        "outcomes": [
            {
                "is_result": each.position == 0,
                "rule": each.rule.label(),
                "winners": sorted(line.reference for line in lines_of(each.id, funded_only=True)),
                "spent": amount_text(each.spent, units),
                "remaining": amount_text(each.remaining, units),
                "counting": each.story,
            }
            for each in shown.outcomes
        ],
    }


def download(content: bytes, mimetype: str, shown: Contest, ending: str) -> Response:
    """A file to keep, named after its round and contest."""
    name = f"{shown.round.slug}-{shown.pot.slug}.{ending}"
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})
