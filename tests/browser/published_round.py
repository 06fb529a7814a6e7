"""Puts a round into the site whose votes were cast, counted and published.

Run as `python -m tests.browser.published_round` in the environment of the site.
"""

from app import create_app
from pbudget.db import transaction
from pbudget.results.officer_acts import carry_out_publication, subject_of_publication
from tests.results.closed_round import counted_round
from tests.support.open_round import PotPlan

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


if __name__ == "__main__":
    main()
