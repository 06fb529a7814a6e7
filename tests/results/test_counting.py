"""From close to a count: what stops it, what it writes down, and that it happens once, whatever is repeated."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select

from pbudget.db import db, transaction
from pbudget.keys.actions import destroy_keys
from pbudget.ledger.actions import append
from pbudget.ledger.queries import acts, verify_ledger
from pbudget.results import counting, recount
from pbudget.results.models import ContestFile
from pbudget.results.queries import contest_content, contest_files, count_of, is_counted
from pbudget.rounds.opening import keys_folder
from tests.results.closed_round import cast, close, counted_round, voted_round
from tests.support.open_round import OWN, PotPlan, open_round

BALLOTS = [["skate", "swings"], ["skate"], ["swings"], []]


def said_by(kind: str, round_id: int) -> list[dict]:
    return [each.body for each in acts(round_id) if each.kind == kind]


def outcome(vote) -> dict:
    (contest,) = json.loads(count_of(vote.id).outcome)["contests"]
    return contest


def test_count_finds_the_winners_and_counts_blank_ballots_as_taking_part(app):
    vote = counted_round(app, BALLOTS)
    found = outcome(vote)
    assert found["funded"] == ["skate", "swings"]
    assert (found["ballots"], found["blank"]) == (4, 1)
    assert found["totals"] == {"pocket": ["0", "0"], "skate": ["2", "2"], "swings": ["2", "2"]}


def test_count_keeps_turnout_channels_and_what_was_replaced(app):
    vote = open_round(app, letters=3)
    cast(vote, 0, {"riverside": ["skate"]})
    cast(vote, 0, {"riverside": ["swings"]})
    cast(vote, 1, {"riverside": []}, channel="kiosk")
    close(vote)
    counting.count_round(vote.id, "system")
    facts = count_of(vote.id).facts
    assert (facts["cast"], facts["counted"], facts["replacing"]) == (3, 2, 1)
    assert facts["wards"] == [{"id": vote.wards[0], "code": "X99000001", "name": "Riverside", "ballots": 2, "roll": 3}]
    assert facts["channels"] == {"online": 1, "kiosk": 1}
    assert facts["roll_check"] == "passed"


def test_the_ledger_names_the_files_that_were_counted_and_stays_whole(app):
    vote = counted_round(app, BALLOTS)
    (tally,) = said_by("tally", vote.id)
    (file,) = contest_files(vote.id)
    assert tally["files"]["contests/riverside.pb"] == file.sha256
    assert tally["recount"] == "agrees"
    assert verify_ledger(vote.id).ok


def test_a_round_that_has_not_closed_is_not_counted(app):
    vote = open_round(app)
    with pytest.raises(counting.RoundNotClosed):
        counting.count_round(vote.id, "system")
    assert not is_counted(vote.id)


def test_a_ballot_of_nobody_on_the_roll_stops_the_count_and_the_ledger_says_how_many_not_which(app):
    vote = open_round(app, letters=2)
    cast(vote, 0, {"riverside": ["skate"]})
    cast(vote, 1, {"riverside": ["pocket"]}, slot="ab" * 32)
    close(vote)
    for _ in range(2):
        with pytest.raises(counting.BallotsOffTheRoll, match="1 of 2 ballots"):
            counting.count_round(vote.id, "system")
    assert not is_counted(vote.id)
    (check,) = said_by("reconcile", vote.id)
    assert (check["result"], check["not_on_roll"], check["counted"]) == ("failed", 1, 2)
    assert "ab" * 32 not in json.dumps(check)


def test_a_lost_key_is_said_in_the_ledger_and_the_stored_slots_are_counted(app):
    vote = voted_round(app, BALLOTS)
    destroy_keys(keys_folder(), vote.slug)
    counting.count_round(vote.id, "system")
    assert [check["result"] for check in said_by("reconcile", vote.id)] == ["key lost"]
    assert outcome(vote)["ballots"] == 4


def test_counting_again_changes_nothing(app):
    vote = counted_round(app, BALLOTS)
    before = [(each.seq, each.head) for each in acts(vote.id)], contest_content(contest_files(vote.id)[0].pot_id)
    counting.count_round(vote.id, "system")
    assert (
        [(each.seq, each.head) for each in acts(vote.id)],
        contest_content(contest_files(vote.id)[0].pot_id),
    ) == before


@pytest.mark.parametrize("at", ["_write", "append", "sign_if_possible", "record"])
def test_a_count_that_is_killed_leaves_nothing_and_the_next_one_finishes(sqlite_app, monkeypatch, at):
    vote = voted_round(sqlite_app, BALLOTS)
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        counting.check_slots(vote.id, counting.closed_round(vote.id))
        killed.setattr(counting, at, _killed)
        counting.count_round(vote.id, "system")
    assert not is_counted(vote.id)
    assert not contest_files(vote.id)
    assert not said_by("tally", vote.id)
    counting.count_round(vote.id, "system")
    assert outcome(vote)["funded"] == ["skate", "swings"]
    assert verify_ledger(vote.id).ok


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_withdrawn_proposal_cannot_win_and_its_ballots_stand_otherwise(app):
    vote = open_round(app, letters=2)
    with transaction() as session:
        said = {"what": "withdraw", "pot": "riverside", "proposal": "skate", "title": "Skate park", "reason": "Flooded"}
        append(session, vote.id, "amend", said)
    cast(vote, 0, {"riverside": ["skate", "swings"]})
    cast(vote, 1, {"riverside": ["skate"]})
    close(vote)
    counting.count_round(vote.id, "system")
    found = next(each for each in json.loads(count_of(vote.id).outcome)["contests"] if each["id"] == "riverside")
    assert found["funded"] == ["swings"]
    assert (found["ballots"], found["blank"], found["withdrawn"]) == (2, 1, ["skate"])


@pytest.mark.parametrize("ballot_type", ["approval", "knapsack", "ranked", "points"])
def test_every_ballot_type_is_counted_and_its_file_recounts_to_the_same(app, ballot_type):
    choices = [{"skate": 7, "swings": 3}, {"pocket": 10}, {}] if ballot_type == "points" else [["swings", "skate"], []]
    vote = counted_round(app, choices, pots=(replace(OWN, ballot_type=ballot_type),))
    (file,) = contest_files(vote.id)
    assert recount.agrees(recount.Contest(contest_content(file.pot_id)), outcome(vote))


def test_a_file_has_two_columns_and_says_nothing_of_the_order_of_voting(app):
    vote = counted_round(app, [["skate"]] * 3 + [["swings"]] * 3 + [[]] * 3)
    text = db.session.scalar(select(ContestFile.sha256)), contest_content(contest_files(vote.id)[0].pot_id).decode()
    votes = text[1].partition("VOTES\n")[2].splitlines()
    assert votes[0] == "voter_id;vote"
    assert sorted(row.partition(";")[2] for row in votes[1:]) == [""] * 3 + ["skate"] * 3 + ["swings"] * 3
    assert [row.partition(";")[0] for row in votes[1:]] == [str(number) for number in range(1, 10)]


def test_two_contests_of_one_ballot_are_shuffled_apart(app):
    ideas = [(f"idea{n}", f"Idea {n}", 100) for n in range(40)]
    pots = (PotPlan("a", "A", ideas=ideas), PotPlan("b", "B", ward=None, ideas=ideas))
    vote = counted_round(app, [{"a": [f"idea{n}"], "b": [f"idea{n}"]} for n in range(40)], pots=pots)
    files = [contest_content(file.pot_id).decode().partition("VOTES\n")[2] for file in contest_files(vote.id)]
    assert files[0] != files[1]
    assert sorted(row[-2:] for row in files[0].split()) == sorted(row[-2:] for row in files[1].split())
