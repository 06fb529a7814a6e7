"""What a young voter reads about their data, and the words on pages that say which ages may vote."""

from flask import Blueprint, abort, render_template

from pbudget.rounds.queries import round_by_slug
from pbudget.rounds.rules import ages
from pbudget.web.access import public

pages = Blueprint("young_people", __name__)
for _name in ("say_ages", "may_children_vote", "is_young_peoples_vote"):
    pages.add_app_template_filter(getattr(ages, _name))


@pages.get("/rounds/<slug>/privacy-for-young-people")
@public
def privacy(slug: str) -> str:
    """The privacy notice of a round in which somebody under 18 may vote, for them."""
    round_ = round_by_slug(slug)
    if round_ is None or not round_.opens_at or not ages.may_children_vote(round_.youngest_age):
        abort(404)
    return render_template("rounds/privacy-for-young-people.html", round=round_)
