"""The list of rounds and a round's own page."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from pbudget.db import transaction
from pbudget.replays.actions import replay_files
from pbudget.rounds.actions import put_round, replace_pot
from pbudget.rounds.models import Pot
from pbudget.rounds.rules.counting import rule_as_json, rule_from_json
from pbudget.tally.rules.rule import PHRAGMEN, Rule
from tests.support.elections import pb_file


def add_round(slug: str = "test-2027", pots: int = 0, **columns) -> None:
    given = {"name": "Test round 2027", "place": "Testtown", "phase": "set-up", "language": "en", "currency": "GBP"}
    with transaction() as session:
        round_id = put_round(
            session, slug, opens_on=date(2027, 3, 1), closes_on=date(2027, 3, 14), **{**given, **columns}
        )
        for i in range(pots):
            replace_pot(
                session,
                round_id,
                f"pot-{i}",
                name=f"Test ward {i}",
                amount=3_000_000,
                ballot_type="approval",
                rule=rule_as_json(Rule()),
            )


def test_no_round_yet_says_what_will_be_here(client):
    assert "No round has been decided yet" in client.get("/rounds").text


def test_a_round_being_prepared_says_so_with_its_dates_and_pots(client):
    add_round(pots=2)
    assert "Being prepared" in client.get("/rounds").text
    page = client.get("/rounds/test-2027")
    assert "Voting has not started" in page.text
    assert "1 March 2027 to 14 March 2027" in page.text
    assert "£30,000" in page.text


def test_a_round_without_pots_is_still_a_page(client):
    add_round()
    assert "not decided yet" in client.get("/rounds/test-2027").text


@pytest.mark.parametrize("phase", ["open", "closed"])
def test_a_round_under_way_shows_no_result(client, phase):
    add_round(phase=phase, pots=1)
    client.get("/rounds/test-2027")
    client.get("/rounds/test-2027/pot-0", status=404)


def test_a_round_that_was_closed_early_ended_on_that_day(client):
    add_round(phase="published", closed_at=datetime(2027, 3, 8, 23, 59, tzinfo=UTC))
    assert "1 March 2027 to 8 March 2027" in client.get("/rounds/test-2027").text


def test_what_is_open_stands_before_what_is_being_prepared(client):
    add_round("prepared")
    add_round("under-way", phase="open", opens_at=datetime(2020, 1, 1, tzinfo=UTC), name="Test round A")
    links = [link["href"] for link in client.get("/rounds").soup.select(".events__title a")]
    assert links == ["/rounds/under-way", "/rounds/prepared"]


def test_each_rule_is_explained_once_with_the_pots_it_counts(client):
    add_round(pots=2)
    assert client.get("/rounds/test-2027").text.count("If projects tie") == 1
    with transaction() as session:
        session.scalars(select(Pot).where(Pot.slug == "pot-1")).one().rule = rule_as_json(Rule(PHRAGMEN))
    page = client.get("/rounds/test-2027")
    assert page.text.count("If projects tie") == 2
    assert "Test ward 1:" in page.text


def test_a_published_round_lists_its_contests(client, tmp_path):
    replay_files([pb_file(tmp_path, f"{part}.pb", subunit=part) for part in ("North", "South")])
    page = client.get("/rounds/testtown-2024")
    assert page.one(".summary-line").get_text() == "2 of 4 projects funded in 2 contests, 6 ballots."
    assert [link.get_text() for link in page.soup.select("table a")] == ["North", "South"]


def test_a_hundred_contests_are_paged_within_eight_statements(client, tmp_path):
    replay_files([pb_file(tmp_path, f"{i}.pb", subunit=f"Part {i}") for i in range(100)])
    assert "Showing 1 to 40 of 100 contests" in client.get("/rounds/testtown-2024").text
    assert "Showing 81 to 100" in client.get("/rounds/testtown-2024?page=3").text
    client.get("/rounds/testtown-2024?page=4", status=404)


def test_many_rounds_are_paged(client):
    for i in range(45):
        add_round(f"round-{i}", phase="published", name=f"Test round {i}")
    client.get("/rounds")
    assert "Test round" in client.get("/rounds?page=3").text
    client.get("/rounds?page=4", status=404)


@pytest.mark.parametrize("rule", [Rule(), Rule("equal-shares", completion="add1", minimum_score=50, ties="lot:seed")])
def test_a_rule_is_written_down_and_read_back_exactly(rule):
    assert rule_from_json(rule_as_json(rule)) == rule
