"""The list of rounds, and one round with its contests."""

from flask import Blueprint, abort, render_template

from pbudget.kit.clock import say_dates
from pbudget.results.queries import ContestSummary, contests_of
from pbudget.results.words import contest_words
from pbudget.rounds.queries import RoundView, number_of_rounds, pots_of, round_by_slug
from pbudget.rounds.queries import rounds as rounds_in
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
    paging = asked_page(number_of_rounds(("published",)), ROUNDS_A_PAGE)
    published = rounds_in(("published",), ROUNDS_A_PAGE, paging.offset)
    current = rounds_in(("open", "closed", "set-up"), MOST_COMING_UP)
    return render_template(
        "rounds/rounds.html",
        paging=paging,
        current=current,
        published=with_totals(published),
    )


@pages.app_template_filter()
def voting_dates(round_: RoundView) -> str:
    """When people vote in a round, as far as it is known."""
    return say_dates(round_.opens_on, round_.closes_on, round_.dates_as_stated)


def with_totals(rounds: list[RoundView]) -> list[tuple[RoundView, list[ContestSummary]]]:
    """Each round with its contests, in one further statement."""
    contests = contests_of([round_.id for round_ in rounds])
    return [(round_, contests[round_.id]) for round_ in rounds]


@pages.get("/rounds/<slug>")
@public
def one_round(slug: str) -> str:
    """A round: its dates, its pots, and the result of each contest once it is out."""
    round_ = round_by_slug(slug) or abort(404)
    if round_.phase != "published":
        return render_template("rounds/coming-up.html", round=round_, pots=pots_of(round_.id))
    contests = contests_of([round_.id])[round_.id]
    paging = asked_page(len(contests), CONTESTS_A_PAGE)
    return render_template("rounds/published.html", round=round_, contests=contests, paging=paging)
