"""What casting asks of the database, on both engines: one transaction, no question twice (docs/adr/0013-casting.md)."""

from sqlalchemy import func, select

from pbudget.ballots.models import BallotDraft
from pbudget.db import db
from pbudget.ledger.queries import ballot_totals
from tests.ballots.voter import Voter
from tests.support.open_round import OWN, PotPlan, open_round
from tests.support.pages import Page

MOST_STATEMENTS = 5
"""Hold the ledger; take the draft and see whether voting is open; the paper; the entry, if it may follow; the head."""


def statements_of(page: Page) -> list[str]:
    return [statement for statement in page.queries if not statement.startswith(("BEGIN", "PRAGMA"))]


def send(voter: Voter, token: str, csrf: str) -> Page:
    """The POST of "Cast my vote" and nothing else."""
    data = {"token": token, "csrf_token": csrf}
    return voter._fetch("POST", f"{voter.vote.path}/check", 303, data=data)


def checked(voter: Voter, pot: str = "riverside", reference: str = "skate") -> tuple[str, str]:
    """The token and the CSRF token on "Check your vote"."""
    soup = voter.begin().fill(pot, reference).at("/check").soup
    return tuple(soup.select_one(f".cast [name={name}]")["value"] for name in ("token", "csrf_token"))


def test_casting_asks_five_questions_however_long_the_paper_is(app):
    forty = tuple((f"p{n}", f"Project {n}", 100_000) for n in range(40))
    pots = (OWN, *(PotPlan(f"pot-{n}", f"Pot {n}", ideas=forty, ward=None) for n in range(3)))
    voter = Voter(app, open_round(app, pots=pots))
    page = send(voter, *checked(voter))
    assert len(statements_of(page)) <= MOST_STATEMENTS, "\n".join(statements_of(page))


def test_the_same_press_again_asks_no_more(voter):
    pressed = checked(voter)
    send(voter, *pressed)
    assert len(statements_of(send(voter, *pressed))) <= MOST_STATEMENTS


def test_a_ballot_that_cannot_be_cast_keeps_its_draft(voter):
    voter.begin()
    before = draft_rows()
    assert len(before) == 1
    voter.cast(422)
    assert draft_rows() == before


def draft_rows() -> list:
    db.session.rollback()
    return db.session.execute(select(BallotDraft.__table__)).all()


def test_a_browser_without_a_ballot_casts_nobodys(vote, voter):
    somebody = Voter(vote.app, vote)
    somebody.begin(vote.codes[1]).fill("riverside", "skate").cast()
    csrf = voter.at("/begin").one("input[name=csrf_token]")["value"]
    page = voter._fetch("POST", f"{vote.path}/check", 410, data={"token": "", "csrf_token": csrf})
    assert "A vote was cast from this browser" not in page.text
    db.session.rollback()
    assert ballot_totals(vote.id).cast == 1
    assert db.session.scalar(select(func.count(BallotDraft.id))) == 0
