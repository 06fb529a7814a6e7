"""Past elections into the database: all or nothing, safe to repeat, nothing about voters goes out."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from pbudget.db import db
from pbudget.kit.errors import BadInput
from pbudget.replays.actions import NameOfCouncilRound, SameContestTwice, replay_files
from pbudget.replays.cli import replay
from pbudget.replays.models import Replay
from pbudget.replays.queries import original_file, public_ballots, source_of
from pbudget.results.models import Outcome, OutcomeLine
from pbudget.results.queries import contest_at, lines_of
from pbudget.rounds.models import Pot, Round
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from tests.support.elections import pabulib, pb_file
from tests.support.open_round import open_round


def rows(*models: type) -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(model)) for model in models]


def test_a_file_becomes_a_round_with_a_contest_and_its_outcome(app, tmp_path):
    replay_files([pb_file(tmp_path)])
    contest = contest_at("testtown-2024", "all-of-testtown")
    assert contest.round.name == "Testtown 2024"
    assert [(line.title, line.funded) for line in lines_of(contest.result.id)] == [
        ("Test swings", True),
        ("Test benches", False),
    ]
    assert contest.result.spent == 6000


def test_loading_a_file_twice_changes_nothing(app, tmp_path):
    file = pb_file(tmp_path)
    replay_files([file])
    before = rows(Round, Pot, Replay, Outcome, OutcomeLine)
    assert [loaded.was_there for loaded in replay_files([file])] == [True]
    assert rows(Round, Pot, Replay, Outcome, OutcomeLine) == before


def test_a_corrected_file_takes_the_place_of_its_contest(app, tmp_path):
    replay_files([pb_file(tmp_path)])
    before = rows(Round, Pot, Replay, Outcome, OutcomeLine)
    replay_files([pb_file(tmp_path, ballots=("2", "2", "1"))])
    assert rows(Round, Pot, Replay, Outcome, OutcomeLine) == before
    contest = contest_at("testtown-2024", "all-of-testtown")
    assert lines_of(contest.result.id)[0].title == "Test benches"


def test_contests_of_one_place_and_year_share_a_round(app, tmp_path):
    files = [pb_file(tmp_path, f"{part}.pb", subunit=part) for part in ("North", "South")]
    replay_files(files)
    assert rows(Round, Pot) == [1, 2]


def test_one_bad_file_among_good_ones_loads_none(app, tmp_path):
    good, bad = pb_file(tmp_path), tmp_path / "bad.pb"
    bad.write_text(pabulib()[:-40], encoding="utf-8")
    with pytest.raises(BadInput, match=r"bad\.pb"):
        replay_files([good, bad])
    assert rows(Round, Pot, Replay) == [0, 0, 0]


def test_the_same_contest_twice_in_one_go_is_refused_by_name(app, tmp_path):
    files = [pb_file(tmp_path, "a.pb"), pb_file(tmp_path, "b.pb")]
    with pytest.raises(SameContestTwice, match=r"a\.pb and b\.pb"):
        replay_files(files)
    assert rows(Round) == [0]


def test_a_past_vote_is_never_written_into_a_round_of_the_council(app, tmp_path):
    vote = open_round(app)
    before = rows(Round, Pot, Replay)
    with pytest.raises(NameOfCouncilRound, match="Spring 2027"):
        replay_files([pb_file(tmp_path, unit="Spring", instance="2027", subunit="Riverside")])
    assert rows(Round, Pot, Replay) == before
    assert vote.slug == "spring-2027"


def test_the_original_is_kept_byte_for_byte_and_the_public_file_tells_nothing_about_voters(app, tmp_path):
    file = pb_file(tmp_path)
    replay_files([file])
    pot_id = contest_at("testtown-2024", "all-of-testtown").pot.id
    assert original_file(pot_id) == file.read_bytes()
    public = public_ballots(pot_id)
    assert public.splitlines()[public.splitlines().index(b"VOTES") + 1] == b"voter_id;vote"
    assert source_of(pot_id).file_name == "test.pb"


def test_a_recount_of_the_public_file_equals_the_outcome(app, tmp_path):
    replay_files([pb_file(tmp_path)])
    contest = contest_at("testtown-2024", "all-of-testtown")
    recount = count(read(public_ballots(contest.pot.id), name="public.pb"), contest.result.rule)
    assert list(recount.winners) == [line.reference for line in lines_of(contest.result.id, funded_only=True)]


@pytest.mark.parametrize("name", ["Poland_Gdynia_2022_Chylonia__large.pb", "Netherlands_Assen_2024.pb"])
def test_a_real_election_is_recounted_from_its_public_file(sqlite_app, shared_data: Path, name):
    [loaded] = replay_files([shared_data / "pabulib" / name])
    contest = contest_at(loaded.counted.contest.round_slug, loaded.counted.contest.slug)
    recount = count(read(public_ballots(contest.pot.id), name="public.pb"), contest.result.rule)
    assert recount.winners == loaded.counted.outcomes[0].winners
    assert recount.spent == contest.result.spent


def test_hostile_text_in_a_file_is_shown_as_text(client, tmp_path):
    replay_files([pb_file(tmp_path, projects=(("1", 60, "<script>alert(1)</script>"),), ballots=("1",))])
    page = client.get("/rounds/testtown-2024/all-of-testtown")
    assert "<script>alert(1)</script>" in page.text
    assert not [tag for tag in page.soup.find_all("script") if "alert" in tag.get_text()]


def test_the_command_says_what_is_wrong_in_one_line_and_draws_no_bar_into_a_log(app, tmp_path):
    (tmp_path / "picture.pb").write_bytes(b"\x89PNG\r\n\x1a\n")
    result = CliRunner().invoke(replay, [str(tmp_path / "picture.pb")])
    assert str(result.exception) == "picture.pb: this is a PNG picture, not a Pabulib file."
    assert result.stderr == ""
