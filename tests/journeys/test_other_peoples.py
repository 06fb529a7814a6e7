"""What belongs to another round, another ward or another officer cannot be reached by naming it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from pbudget.db import db
from pbudget.kit.errors import BadInput
from pbudget.ledger.queries import acts
from pbudget.rounds.approving import approve, request_approval
from tests.ballots.voter import Voter
from tests.rounds.building import officer, ready_round
from tests.support.open_round import PotPlan, open_round

OWN = PotPlan("riverside", "Riverside")
OTHERS = PotPlan("hilltop", "Hilltop", ward=1, ideas=(("slide", "Slide", 2_000_000),))


@pytest.fixture
def voter(sqlite_app) -> Voter:
    """Somebody of Riverside in a round where Hilltop votes as well."""
    return Voter(sqlite_app, open_round(sqlite_app, pots=(OWN, OTHERS)))


def test_a_code_of_another_round_is_not_recognised(voter):
    there = open_round(voter.app, "another-round")
    page = voter.post(f"{voter.vote.path}/begin", {"code": there.codes[0]}, 422)
    assert "not recognise" in page.text


def test_another_wards_projects_are_not_on_the_ballot_however_they_are_named(voter):
    voter.begin()
    voter.get(f"{voter.vote.path}/projects/hilltop", 404)
    voter.fill("riverside", "skate")
    token = voter.at("/check").one("main form.cast input[name=csrf_token]")["value"]
    answer = voter.http.post(f"{voter.vote.path}/projects/riverside", data={"add": "slide", "csrf_token": token})
    assert answer.status_code < 500
    assert "Slide" not in voter.at("/check").text
    assert "Skate park" in voter.at("/check").text


def test_a_ballot_begun_in_one_round_is_no_ballot_in_another(voter):
    there = open_round(voter.app, "another-round")
    voter.begin().fill("riverside", "skate")
    voter.get(f"{there.path}/check", 410)
    token = voter.at("/check").one("input[name=token]")["value"]
    form = voter.at("/check").one("main form.cast input[name=csrf_token]")["value"]
    voter.http.post(f"{there.path}/check", data={"token": token, "csrf_token": form})
    assert [entry.kind for entry in acts(there.id)] == ["open"]


def test_two_officers_who_approve_at_once_do_it_once(app):
    ready = ready_round(app)
    asked = request_approval(ready.id, "open", {}, ready.a)
    others, together = [ready.b, officer("Officer C")], Barrier(2)

    def approving(staff) -> str:
        with app.app_context():
            together.wait()
            try:
                approve(asked, staff, fresh=True)
            except BadInput as error:
                return str(error)
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(approving, others))
    assert said == ["This request is over: somebody decided it, or a later one took its place.", "done"]
    assert [entry.kind for entry in acts(ready.id)] == ["open"]
