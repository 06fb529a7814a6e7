"""Puts a round into the site whose votes were cast, counted and published, and one that goes without letters.

Run as `python -m tests.browser.published_round` in the environment of the site.
"""

from datetime import UTC, datetime

from flask import Flask

from app import create_app
from pbudget.db import transaction
from pbudget.results.officer_acts import carry_out_publication, subject_of_publication
from tests.results.closed_round import counted_round
from tests.support.open_round import PotPlan, moments_around, open_round

SLUG = "published-here"


def main() -> None:
    app = create_app()
    with app.app_context():
        vote = counted_round(
            app,
            [["skate"], ["skate", "swings"], []],
            slug=SLUG,
            name="Test round published here",
            pots=(PotPlan("riverside", "Riverside"),),
            is_demo=True,
        )
        subject = subject_of_publication(vote.id, {})
        with transaction() as session:
            carry_out_publication(session, vote.id, subject)
        put_young_peoples_vote(app)


def put_young_peoples_vote(app: Flask) -> None:
    """A vote of 11 to 17 year-olds that is open now, each begun by a link to an e-mail address."""
    open_round(
        app,
        "young-peoples-vote",
        name="Test young people’s vote",
        pots=(PotPlan("riverside", "Riverside"),),
        assurance="open",
        contact_point="email",
        youngest_age=11,
        oldest_age=17,
        is_demo=True,
        opened_at=datetime.now(UTC),
        now=None,
        **moments_around(datetime.now(UTC)),
    )


if __name__ == "__main__":
    main()
