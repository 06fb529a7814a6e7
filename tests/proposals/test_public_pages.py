"""What residents read of proposals: from the round's page to a pot's list to each one, and from the ballot and back."""

from datetime import timedelta

import pytest

from pbudget.db import transaction
from pbudget.proposals.actions import withdraw_proposal
from pbudget.proposals.queries import proposals_of
from tests.ballots.voter import Voter
from tests.results.closed_round import counted_round
from tests.results.test_officer_acts import publish
from tests.support.open_round import NOON, OPENS, OWN, PotPlan, open_round
from tests.support.pages import PageClient

LONG = "A place to skate and meet, beside the railway bridge. " * 37
MANY = tuple((f"p{n}", f"Project {n:02}", 100_000 + n) for n in range(60))


@pytest.fixture
def client(sqlite_app) -> PageClient:
    return PageClient(sqlite_app)


def test_the_page_of_an_open_round_leads_to_the_projects_of_every_pot(client):
    vote = open_round(client.app, opened_at=NOON)
    page = client.get(f"/rounds/{vote.slug}")
    links = {link.get_text(): link["href"] for link in page.soup.select("main table a")}
    assert links == {
        "3 projects": f"/rounds/{vote.slug}/proposals/riverside",
        "1 project": f"/rounds/{vote.slug}/proposals/borough",
    }
    listed = client.get(links["3 projects"])
    assert [title.get_text() for title in listed.soup.select(".events__title")] == [
        "Pocket park",
        "Skate park",
        "New swings",
    ]
    assert "There is £100,000 to spend. All 3 projects together cost £130,000." in listed.text
    assert "£60,000" in client.get(f"{links['3 projects']}/skate").text


def test_before_a_round_opens_there_is_nothing_and_from_then_on_it_can_be_read(client):
    vote = open_round(client.app)  # no moment of opening
    client.get(f"/rounds/{vote.slug}/proposals/riverside", 404)
    vote.change(opened_at=OPENS - timedelta(days=30))
    vote.move_clock(OPENS - timedelta(days=20))
    page = client.get(f"/rounds/{vote.slug}/proposals/riverside")
    assert "Vote in this round" not in page.text
    for away in ("no-such-pot", "riverside/no-such-project", "borough/skate"):
        client.get(f"/rounds/{vote.slug}/proposals/{away}", 404)


def test_a_long_list_has_pages_and_every_page_is_small(client):
    pots = (PotPlan("riverside", "Riverside", ideas=MANY, about=LONG),)
    vote = open_round(client.app, pots=pots, opened_at=NOON)
    path = f"/rounds/{vote.slug}/proposals/riverside"
    assert len(client.get(path).soup.select(".events__title")) == 40
    assert len(client.get(f"{path}?page=2").soup.select(".events__title")) == 20
    assert LONG.strip() in client.get(f"{path}/p59").text


def test_a_withdrawn_project_says_so_and_why(client):
    vote = open_round(client.app, opened_at=NOON)
    skate = next(each for found in proposals_of(vote.id).values() for each in found if each.reference == "skate")
    with transaction() as session:
        withdraw_proposal(session, vote.id, skate.id, "The land was sold.")
    path = f"/rounds/{vote.slug}/proposals/riverside"
    assert "Withdrawn" in client.get(path).text
    assert "All 2 projects together cost £70,000" in client.get(path).text
    assert "Withdrawn: it cannot win. The land was sold." in client.get(f"{path}/skate").text


def test_from_a_ballot_one_reads_the_rest_and_comes_back_to_what_was_chosen(client):
    many = tuple((f"p{n}", f"Project {n}", 100_000) for n in range(40))
    pots = (PotPlan("riverside", "Riverside", ideas=many, about=LONG, limits={"most_choices": 5}),)
    voter = Voter(client.app, open_round(client.app, pots=pots, opened_at=NOON)).begin().fill("riverside", "p7")
    option = voter.at("/projects/riverside").one(".option--chosen")
    away = voter.get(option.select_one("a.option__more")["href"])
    assert LONG.strip() in away.text
    back = away.one(".govuk-back-link")
    assert back.get_text() == "Back to your vote"
    assert voter.get(back["href"]).one(".option--chosen h2").get_text() == "Project 7"


def test_once_the_result_is_out_the_list_leads_to_it(client):
    vote = counted_round(client.app, [["skate"], []], pots=[OWN], opened_at=OPENS)
    publish(vote)
    answer = client.get(f"/rounds/{vote.slug}/proposals/riverside", 302)
    assert answer.response.location == f"/rounds/{vote.slug}/riverside"
