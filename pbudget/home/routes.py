"""Front page, about, contact, accessibility statement, privacy notice, cookies."""

from flask import Blueprint, render_template, url_for

from pbudget.calculator.queries import BudgetView, open_budgets
from pbudget.calculator.rules.numbers import say_short
from pbudget.db import database_now, db
from pbudget.kit.clock import say_dates, say_moment
from pbudget.kit.money import format_money
from pbudget.results.queries import ContestSummary, contests_of, most_wanted
from pbudget.results.words import contest_words
from pbudget.rounds.queries import RoundView, pots_of, rounds, rounds_under_way
from pbudget.rounds.rules.phases import CLOSED, DECIDED, DECIDING, NOT_YET, OPEN, SET_UP
from pbudget.web.access import public

pages = Blueprint("home", __name__)

MOST_CURRENT = 5
MOST_DECIDED = 3
MOST_FUNDED = 3
MAYBE_MORE = "The council decides whether to give people more time."


@pages.get("/")
@public
def front() -> str:
    """What is open, what is coming, what came of the last round."""
    now = database_now(db.session())
    current = [(each, each.stage(now)) for each in rounds_under_way(MOST_CURRENT)]
    open_now = [each for each, stage in current if stage == OPEN]
    coming_up = [each for each, stage in current if stage in (SET_UP, NOT_YET)]
    published = rounds(DECIDED, MOST_DECIDED)
    contests = contests_of([each.id for each in published])
    return render_template(
        "home/front.html",
        headline=_headline([*open_now, *coming_up]),
        start=_start(open_now),
        open_now=[*(_event(each, until=True) for each in open_now), *map(_budget_event, open_budgets(MOST_CURRENT))],
        stopped=[_event(each, MAYBE_MORE) for each, stage in current if stage == DECIDING],
        being_counted=[_event(each) for each, stage in current if stage == CLOSED],
        coming_up=[_event(each) for each in coming_up],
        decided=[_event(each, _outcome(each, contests[each.id])) for each in published],
        latest=published[0] if published else None,
        funded=most_wanted(published[0].id, MOST_FUNDED) if published else [],
    )


def _outcome(round_: RoundView, contests: list[ContestSummary]) -> str:
    return contest_words(contests, held_here=round_.opened_at is not None)


def _headline(current: list[RoundView]) -> str | None:
    """The question of the day; None while there is no round or nobody knows the sum."""
    pots = pots_of(current[0].id) if current else []
    if not pots:
        return None
    total = format_money(sum(pot.amount for pot in pots), current[0].currency, pots[0].units)
    return f"Decide how {total} is spent in {current[0].place}"


def _start(open_now: list[RoundView]) -> dict[str, str] | None:
    """The one button of an open round; None leaves the way to one's ward."""
    if not open_now:
        return None
    return {"text": "Take part", "href": url_for("rounds.one_round", slug=open_now[0].slug)}


def _event(round_: RoundView, text: str = "", *, until: bool = False) -> dict[str, object]:
    """A round as the list has it: until when one can vote in an open one, else its days."""
    days = say_dates(round_.opens_on, round_.closes_on, round_.dates_as_stated)
    voting = f"Until {say_moment(round_.closes_at)}" if until and round_.closes_at else days
    return {
        "title": round_.name,
        "href": url_for("rounds.one_round", slug=round_.slug),
        "text": text,
        "facts": [fact for fact in (round_.place, voting) if fact],
    }


def _budget_event(budget: BudgetView) -> dict[str, object]:
    """A budget to balance as the list of what is open has it."""
    assert budget.closes_at
    return {
        "title": f"Balance the budget: {budget.title}",
        "href": url_for("calculator.start", slug=budget.slug),
        "text": f"{say_short(budget.content.gap)} must be found. Show what you would do.",
        "facts": [f"Until {say_moment(budget.closes_at)}", "About 10 minutes"],
    }


@pages.get("/about")
@public
def about() -> str:
    """What this service is, who runs it, how decisions are made and checked."""
    return render_template("home/about.html")


@pages.get("/accessibility-statement")
@public
def accessibility_statement() -> str:
    """How accessible the service is, what is known not to work, how to complain."""
    return render_template("home/accessibility-statement.html")


@pages.get("/privacy")
@public
def privacy() -> str:
    """What is kept about people, why, and for how long."""
    return render_template("home/privacy.html")


@pages.get("/cookies")
@public
def cookies() -> str:
    """The one cookie there is."""
    return render_template("home/cookies.html")


@pages.get("/contact")
@public
def contact() -> str:
    """How to reach the council about this service, by every way it has given."""
    return render_template("home/contact.html")
