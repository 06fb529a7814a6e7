"""The front page: what is open, what is coming, what came of the last round."""

from datetime import UTC, date, datetime

from pbudget.db import transaction
from pbudget.replays.actions import replay_files
from pbudget.rounds.actions import put_round, replace_pot
from pbudget.rounds.rules.counting import rule_as_json
from pbudget.tally.rules.rule import Rule
from tests.support.elections import pb_file


def add_round(phase: str, *amounts: int, slug: str = "test-2027", **moments: datetime) -> None:
    with transaction() as session:
        round_id = put_round(
            session,
            slug,
            **moments,
            name="Test round 2027",
            place="Testtown",
            phase=phase,
            language="en",
            currency="GBP",
            opens_on=date(2027, 3, 1),
            closes_on=date(2027, 3, 14),
        )
        for i, amount in enumerate(amounts):
            replace_pot(
                session,
                round_id,
                f"pot-{i}",
                name=f"Test ward {i}",
                amount=amount,
                ballot_type="approval",
                rule=rule_as_json(Rule()),
            )


def test_an_empty_site_says_what_will_be_here(client):
    page = client.get("/")
    assert "Nothing is open for voting today" in page.text
    assert "No results are out yet" in page.text


def test_a_round_being_prepared_asks_the_question_and_is_coming_up(client):
    add_round("set-up", 3_000_000, 2_000_000)
    page = client.get("/")
    assert page.one("h1").get_text() == "Decide how £50,000 is spent in Testtown"
    assert "Coming up" in page.text
    assert "1 March 2027 to 14 March 2027" in page.text


def test_a_round_without_pots_asks_no_question_about_money(client):
    add_round("set-up")
    assert "£" not in client.get("/").one("h1").get_text()


def test_an_open_round_has_the_button(client):
    add_round("open", 3_000_000)
    button = client.get("/").one("a.govuk-button")
    assert (button.get_text(), button["href"]) == ("Take part", "/rounds/test-2027")


def test_the_last_round_shows_what_people_wanted_most(client, tmp_path):
    files = [pb_file(tmp_path, f"{part}.pb", subunit=part) for part in ("North", "South")]
    replay_files(files)
    page = client.get("/")
    assert "£60 in North" in page.text
    assert "£60 in South" in page.text
    assert "2 of 4 projects funded in 2 contests, 6 ballots" in page.text


def test_an_open_round_comes_before_one_being_prepared(client):
    add_round("set-up", 9_000_000, slug="next-year")
    add_round("open", 3_000_000, closes_at=datetime(2099, 3, 14, 17, tzinfo=UTC))
    page = client.get("/")
    assert page.one("h1").get_text() == "Decide how £30,000 is spent in Testtown"
    assert "Until 5pm on Saturday 14 March 2099" in page.text


def test_a_round_whose_time_is_up_is_being_counted(client):
    add_round("open", 3_000_000, closes_at=datetime(2020, 3, 14, 17, tzinfo=UTC))
    page = client.get("/")
    assert "Being counted" in page.text
    assert not page.soup.select("a.govuk-button[href='/rounds/test-2027']")


def test_an_open_round_stays_on_the_page_however_many_are_being_prepared(client):
    add_round("open", 3_000_000, slug="open-now", opens_at=datetime(2020, 1, 1, tzinfo=UTC))
    for number in range(6):
        add_round("set-up", slug=f"prepared-{number}")
    page = client.get("/")
    assert page.soup.select("main a[href='/rounds/open-now']"), "a vote that is open is not on the front page"
    assert len(page.soup.select("main a[href^='/rounds/prepared-']")) == 4
