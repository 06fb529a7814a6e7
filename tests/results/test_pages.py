"""The pages of a contest: every state a result can be in."""

import time

import pytest

from pbudget.replays.actions import count_file, replay_files
from tests.support.elections import pb_file

CONTEST = "/rounds/testtown-2024/all-of-testtown"
PAGES = ("", "/how-it-was-counted", "/other-rules")


def many(number: int, length: int = 30) -> tuple[tuple[str, int, str], ...]:
    return tuple((str(i), 1000 + i, f"Test project {i} ".ljust(length, "x")) for i in range(number))


def show(client, tmp_path, path: str = "", **election):
    replay_files([pb_file(tmp_path, **election)])
    return client.get(CONTEST + path)


def test_the_first_line_is_the_answer(client, tmp_path):
    page = show(client, tmp_path)
    assert page.one(".summary-line").get_text() == "All of Testtown funded 1 of 2 projects with £60 of £100."


def test_every_project_has_its_reason(client, tmp_path):
    page = show(client, tmp_path)
    reasons = [tag.get_text() for tag in page.soup.select(".project__reason")]
    assert reasons == [
        "Funded: 2 votes, ranked 1st; £40 left after it.",
        "Not funded: it costs £50 and £40 was left when its turn came.",
    ]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "election",
    [
        {"projects": (("1", 60, "Only one"),), "ballots": ("1",)},
        {"projects": (("1", 600, "Too dear"),), "ballots": ("1",)},
        {"projects": many(30, 300), "ballots": ("1,2,3",) * 5, "budget": 9000},
        {"projects": many(500, 300), "ballots": tuple(str(i) for i in range(500)), "budget": 400_000},
        {"ballots": ("", "", "1")},
        {"rule": "equalshares/add1", "ballots": ("1", "1,2", "2", "2")},
    ],
    ids=["one project", "nothing funded", "30 long names", "500 projects", "blank ballots", "equal shares"],
)
def test_a_contest_of_any_size_keeps_the_house_rules(client, tmp_path, path, election):
    show(client, tmp_path, path, **election)


def test_500_projects_are_paged_and_every_one_can_be_reached(client, tmp_path):
    show(client, tmp_path, projects=many(500), ballots=("1",))
    seen = set()
    for number in range(1, 18):
        page = client.get(f"{CONTEST}?page={number}")
        seen |= {tag.get_text().split()[2] for tag in page.soup.select(".project__title")}
    assert len(seen) == 500


@pytest.mark.parametrize("page", ["0", "18", "-1", "x", "9999999999999999999"])
def test_a_page_that_is_not_there_says_so(client, tmp_path, page):
    show(client, tmp_path, projects=many(500), ballots=("1",))
    client.get(f"{CONTEST}?page={page}", status=404)


def test_a_project_says_what_it_is_where_the_file_does(client, tmp_path):
    file = pb_file(tmp_path)
    text = file.read_text().replace("project_id;cost;name", "project_id;cost;name;description")
    text = text.replace('"Test swings"', '"Test swings";"Two swings. ' + "x" * 900 + '"').replace(
        '"Test benches"', '"Test benches";'
    )
    file.write_text(text)
    replay_files([file])
    [about] = client.get(CONTEST).soup.select(".project__about")
    assert about.get_text().startswith("Two swings.")
    assert len(about.get_text()) <= 203


def test_a_tie_that_decided_money_is_said(client, tmp_path):
    page = show(client, tmp_path, projects=(("1", 60, "Swings"), ("2", 60, "Benches")), ballots=("1,2",))
    assert "“Swings” and “Benches” were level" in page.text


def test_names_in_another_language_are_marked_as_such(client, tmp_path):
    page = show(client, tmp_path, language="pl")
    assert {tag.get("lang") for tag in page.soup.select(".project__title")} == {"pl"}


def test_the_organisers_own_winners_are_set_beside_the_count(client, tmp_path):
    file = pb_file(tmp_path)
    text = file.read_text().replace("project_id;cost;name", "project_id;cost;name;selected")
    text = text.replace('"Test swings"', '"Test swings";0').replace('"Test benches"', '"Test benches";1')
    file.write_text(text)
    replay_files([file])
    page = client.get(CONTEST)
    assert "record differs: it marks “Test benches” as funded" in page.text
    assert "does not mark “Test swings”" in page.text


def test_other_rules_name_the_projects_that_differ(client, tmp_path):
    page = show(client, tmp_path, "/other-rules")
    assert "Greedy by value" in page.text
    assert "None of this changes the result" in page.text


def test_a_contest_that_is_not_there_is_not_found(client, tmp_path):
    show(client, tmp_path)
    client.get("/rounds/testtown-2024/nowhere", status=404)
    client.get("/rounds/nowhere/all-of-testtown", status=404)
    client.get("/rounds/nowhere", status=404)


def test_500_projects_with_the_same_supporters_are_counted_by_every_rule_within_seconds(tmp_path):
    file = pb_file(tmp_path, projects=many(500), ballots=(",".join(str(i) for i in range(500)),) * 3, budget=300_000)
    started = time.process_time()
    assert len(count_file(file).outcomes) == 6
    assert time.process_time() - started < 10
