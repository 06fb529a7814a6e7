"""Turnout across the wards: the chart where there are enough of them, always the table, and nothing before its time."""

import re

import pytest

from pbudget.db import transaction
from pbudget.guard.turnout_view import BOTTOM, LEFT, RIGHT, TOP, turnout_view
from pbudget.results.models import RoundCount
from tests.results.closed_round import counted_round
from tests.results.test_officer_acts import publish
from tests.support.pages import PageClient
from tests.support.staff import sign_in

PUBLIC, STAFF = "/rounds/spring-2027/result/turnout", "/staff/rounds/spring-2027/turnout"


def ward(number: int, ballots: int, roll: int | None) -> dict[str, object]:
    return {"id": number, "code": f"X99{number:06d}", "name": f"Ward {number}", "ballots": ballots, "roll": roll}


ALIKE = [ward(n, ballots, 5_000) for n, ballots in enumerate((200, 210, 190, 205, 195, 208, 192, 201))]
ONE_FAR = [*ALIKE, ward(8, 900, 5_000)]


def test_a_ward_far_from_the_others_stands_out_and_the_others_do_not():
    assert [line.name for line in turnout_view(ONE_FAR).standing_out] == ["Ward 8"]
    assert turnout_view(ONE_FAR).lines[8].words == "Very different from other wards: higher"
    assert turnout_view(ALIKE).standing_out == []


def test_wards_that_are_simply_different_are_usual():
    spread = [ward(n, ballots, 10_000) for n, ballots in enumerate((320, 460, 200, 670, 390, 280, 540, 350))]
    assert turnout_view(spread).standing_out == []


def test_four_wards_have_no_chart_and_no_word_about_the_others():
    view = turnout_view(ALIKE[:4])
    assert (view.chart, {line.words for line in view.lines}) == (None, {""})


def test_without_a_roll_there_is_no_turnout_and_wards_without_part_are_left_out():
    view = turnout_view([ward(1, 5, None), ward(2, 0, 0), ward(3, 0, None)])
    assert (view.ballots, view.share, [line.share for line in view.lines]) == (5, None, [None])
    assert turnout_view([]).lines == ()


def test_more_votes_than_places_on_the_roll_is_said():
    assert turnout_view([*ALIKE, ward(8, 5_100, 5_000)]).lines[8].words.startswith("More votes than places")


def test_every_dot_and_line_is_inside_the_axes():
    chart = turnout_view(ONE_FAR).chart
    assert chart
    lines = [tuple(map(float, pair.split(","))) for text in (*chart.inner, *chart.outer) for pair in text.split()]
    for x, y in [*lines, *((x, y) for x, y, _ in chart.points)]:
        assert LEFT <= x <= RIGHT + 0.1 and TOP - 0.1 <= y <= BOTTOM + 0.1
    assert len(chart.across) >= 2 and len(chart.up) >= 3


@pytest.fixture
def vote(sqlite_app):
    """A counted round of nine wards, one of them far from the others."""
    made = counted_round(sqlite_app, [["skate"]] * 12)
    with transaction() as session:
        row = session.get_one(RoundCount, made.id)
        row.facts = {**row.facts, "wards": ONE_FAR}
    return made


def test_officers_see_it_once_counted_and_residents_once_published(vote):
    client = PageClient(vote.app)
    client.get(PUBLIC, 404)
    sign_in(client, "officer")
    reports = client.get("/staff/rounds/spring-2027/guard")
    assert STAFF in [link["href"] for link in reports.soup.select("main a")]
    assert "Ward 8 (18.0%)" in client.get(STAFF).text
    publish(vote)
    page = PageClient(vote.app).get(PUBLIC)
    assert PUBLIC in [
        link["href"] for link in PageClient(vote.app).get("/rounds/spring-2027/result").soup.select("main a")
    ]
    shown = {row.th.get_text(): row.get_text(" ") for row in page.soup.select(".turnout-table tbody tr")}
    assert len(shown) == len(page.soup.select(".funnel circle")) == 9
    assert "the quorum that was published before voting opened" in page.text
    assert re.search(r"900 +5,000 +18\.0% +Very different", " ".join(shown["Ward 8"].split()))


def test_before_the_count_there_is_no_such_page(sqlite_app):
    from tests.results.closed_round import voted_round

    vote, client = voted_round(sqlite_app, [["skate"]]), PageClient(sqlite_app)
    sign_in(client, "officer")
    client.get(f"/staff/rounds/{vote.slug}/turnout", 404)
