"""Front page, about, contact, accessibility statement, privacy notice, cookies."""

from flask import Blueprint, render_template, url_for

from pbudget.kit.clock import say_dates
from pbudget.kit.money import format_money
from pbudget.results.queries import contests_of, most_wanted
from pbudget.results.words import contest_words
from pbudget.rounds.queries import RoundView, pots_of, rounds
from pbudget.web.access import public

pages = Blueprint("home", __name__)

MOST_CURRENT = 5
MOST_DECIDED = 3
MOST_FUNDED = 3


@pages.get("/")
@public
def front() -> str:
    """What is open, what is coming, what came of the last round."""
    current = rounds(("open", "set-up"), MOST_CURRENT)
    published = rounds(("published",), MOST_DECIDED)
    contests = contests_of([each.id for each in published])
    return render_template(
        "home/front.html",
        headline=_headline(current[0]) if current else None,
        start=_start(current),
        open_now=[_event(each) for each in current if each.phase == "open"],
        coming_up=[_event(each) for each in current if each.phase == "set-up"],
        decided=[_event(each, contest_words(contests[each.id])) for each in published],
        latest=published[0] if published else None,
        funded=most_wanted(published[0].id, MOST_FUNDED) if published else [],
    )


def _headline(round_: RoundView) -> str | None:
    """The question of the day; None while nobody knows the sum."""
    pots = pots_of(round_.id)
    total = format_money(sum(pot.amount for pot in pots), round_.currency, pots[0].units) if pots else None
    return f"Decide how {total} is spent in {round_.place}" if total else None


def _start(current: list[RoundView]) -> dict[str, str] | None:
    """The one button of an open round; None leaves the way to one's ward."""
    if not current or current[0].phase != "open":
        return None
    return {"text": "Take part", "href": url_for("rounds.one_round", slug=current[0].slug)}


def _event(round_: RoundView, text: str = "") -> dict[str, object]:
    facts = [round_.place, say_dates(round_.opens_on, round_.closes_on, round_.dates_as_stated)]
    return {
        "title": round_.name,
        "href": url_for("rounds.one_round", slug=round_.slug),
        "text": text,
        "facts": [fact for fact in facts if fact],
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
