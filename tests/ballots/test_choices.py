"""What a ballot may say: every kind of ballot, every limit, and anything at all that might be sent."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbudget.ballots.rules.choices import (
    ACTS,
    Change,
    blank,
    canonical_choices,
    changed,
    check_choices,
    points_typed,
    problem_of_change,
    problem_of_points,
)
from pbudget.ballots.rules.paper import Option, Paper, shuffled
from pbudget.ballots.rules.payload import payload_of, problems_of_ballot
from pbudget.ballots.rules.words import total_of
from pbudget.proposals.rules import in_brief
from tests.ballots.papers import LIMITS, OPTIONS, contest

KINDS = tuple(LIMITS)
HOSTILE = (
    "-1", "1e309", "NaN", "Infinity", "٣", "1,000", "£5", str(2**63), "1.5", "0x10", "１", "+1", "1 1", "\x00",
    "\ud800", "‮", "👩‍👩‍👧‍👧", "á̂̃", "9" * 5000, "<script>", "--", "1_0",
)  # fmt: skip


def kinds_of(problems) -> list[str]:
    return [problem.kind for problem in problems]


@pytest.mark.parametrize("kind", KINDS)
def test_a_blank_contest_can_be_cast(kind):
    assert check_choices(contest(kind), blank(kind)) == []


@pytest.mark.parametrize(
    ("kind", "choices", "problem"),
    [
        ("approval", ["skate", "pocket"], None),
        ("approval", ["skate", "pocket", "swings"], "too-many"),
        ("knapsack", ["pocket", "swings"], None),
        ("knapsack", ["skate", "pocket"], "over-budget"),
        ("ranked", ["swings", "skate"], None),
        ("ranked", ["swings", "skate", "pocket"], "too-many"),
        ("points", {"skate": 6, "swings": 4}, None),
        ("points", {"skate": 6, "swings": 5}, "too-many-points"),
        ("points", {"skate": 7}, "too-many-points"),
        ("approval", ["nothing"], "not-on-ballot"),
    ],
)
def test_a_ballot_is_held_to_the_limits_of_its_kind(kind, choices, problem):
    assert kinds_of(check_choices(contest(kind), choices)) == ([problem] if problem else [])


def test_a_knapsack_ballot_may_be_held_to_a_number_as_well():
    assert kinds_of(check_choices(contest("knapsack", most=1), ["pocket", "swings"])) == ["too-many"]


def test_a_points_ballot_may_be_held_to_a_number_of_projects():
    assert kinds_of(check_choices(contest("points", most=1), {"skate": 1, "swings": 1})) == ["too-many"]


@pytest.mark.parametrize(
    "choices",
    [None, 3, "skate", ["skate", "skate"], [1], [None], {"skate": 1}, [["skate"]], True],
)
def test_what_is_no_list_of_references_is_a_problem_and_no_error(choices):
    assert kinds_of(check_choices(contest("approval"), choices)) == ["not-a-ballot"]


@pytest.mark.parametrize("points", [[], {"skate": 0}, {"skate": -1}, {"skate": 1.5}, {"skate": True}, {"skate": "3"}])
def test_what_is_no_whole_number_of_points_is_a_problem_and_no_error(points):
    assert kinds_of(check_choices(contest("points"), points)) == ["not-a-ballot"]


def test_a_withdrawn_project_has_to_come_off_the_ballot_and_can_not_be_put_on():
    options = (Option("skate", "Skate park", 6_000_000, withdrawn="The land was sold."), *OPTIONS[1:])
    paper = contest("approval", options=options)
    assert kinds_of(check_choices(paper, ["skate"])) == ["withdrawn"]
    assert changed(paper, [], Change("add", "skate")) == []
    assert changed(paper, ["skate"], Change("remove", "skate")) == []


def test_adding_twice_is_adding_once():
    once = changed(contest(), [], Change("add", "skate"))
    assert changed(contest(), once, Change("add", "skate")) == once == ["skate"]


@pytest.mark.parametrize(
    ("act", "reference", "after"),
    [
        ("up", "pocket", ["pocket", "skate", "swings"]),
        ("down", "pocket", ["skate", "swings", "pocket"]),
        ("up", "skate", ["skate", "pocket", "swings"]),
        ("down", "swings", ["skate", "pocket", "swings"]),
        ("remove", "pocket", ["skate", "swings"]),
    ],
)
def test_a_ranked_project_moves_one_place(act, reference, after):
    assert changed(contest("ranked"), ["skate", "pocket", "swings"], Change(act, reference)) == after


def test_points_stop_at_nought_and_at_the_most_for_one_project():
    paper = contest("points", points=3, cap=2)
    points: dict[str, int] = {}
    for _ in range(4):
        points = changed(paper, points, Change("more", "skate"))
    assert points == {"skate": 2}
    for _ in range(4):
        points = changed(paper, points, Change("less", "skate"))
    assert points == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_number_of_points_leaves_its_box_alone(text):
    assert problem_of_points(contest("points"), "skate", text)
    assert points_typed(contest("points"), {"skate": 2}, {"skate": text}) == {"skate": 2}


@pytest.mark.parametrize(
    ("text", "points"), [("3", {"skate": 3}), (" 4 ", {"skate": 4}), ("", {}), ("06", {"skate": 6})]
)
def test_typed_points_are_read(text, points):
    assert points_typed(contest("points"), {"skate": 2}, {"skate": text}) == points


@given(
    st.sampled_from(KINDS),
    st.lists(st.tuples(st.sampled_from((*ACTS, "drop")), st.text() | st.sampled_from([o.reference for o in OPTIONS]))),
)
def test_no_row_of_presses_makes_a_ballot_that_cannot_be_read(kind, presses):
    paper, choices = contest(kind), blank(kind)
    for act, reference in presses:
        choices = changed(paper, choices, Change(act, reference))
        assert "not-a-ballot" not in kinds_of(check_choices(paper, choices))
        assert "not-on-ballot" not in kinds_of(check_choices(paper, choices))
        total_of(paper, choices)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["skate", "pocket"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.sampled_from(KINDS), json_values)
def test_any_value_at_all_is_checked_without_an_error(kind, value):
    check_choices(contest(kind), value)
    problems_of_ballot(Paper((contest(kind),)), {"riverside": value})


def test_a_press_on_what_is_not_there_says_so():
    assert problem_of_change(contest(), Change("add", "nothing")).kind == "not-on-ballot"
    assert problem_of_change(contest(), Change("set", "skate")).kind == "not-on-ballot"
    assert problem_of_change(contest(), Change("add", "skate")) is None


def test_the_order_of_choices_is_kept_only_where_it_is_the_vote():
    assert canonical_choices(contest("approval"), ["skate", "pocket"]) == ["pocket", "skate"]
    assert canonical_choices(contest("ranked"), ["skate", "pocket"]) == ["skate", "pocket"]
    assert list(canonical_choices(contest("points"), {"skate": 1, "pocket": 2})) == ["pocket", "skate"]


def test_the_ledger_gets_every_contest_and_nothing_about_who_or_when():
    paper = Paper((contest("approval"), contest("points", slug="borough")))
    given = {"round_name": "spring", "slot": "a" * 64, "ward": "X99000001", "channel": "online", "assurance": "code"}
    payload = payload_of(paper, {"riverside": ["skate"], "elsewhere": ["x"]}, **given)
    assert json.loads(json.dumps(payload)) == {
        "v": 1, "round": "spring", "slot": "a" * 64, "ward": "X99000001", "channel": "online", "assurance": "code",
        "contests": {"riverside": ["skate"], "borough": {}},
    }  # fmt: skip


def test_the_order_of_projects_depends_on_the_seed_alone():
    many = tuple(Option(f"p{n}", f"Project {n}", 1) for n in range(30))
    assert shuffled(many, "seed", "riverside") == shuffled(tuple(reversed(many)), "seed", "riverside")
    assert len({shuffled(many, str(seed), "riverside")[0] for seed in range(300)}) > 20, "some project is favoured"
    assert shuffled(many, "seed", "riverside") != shuffled(many, "seed", "hilltop")


@pytest.mark.parametrize(
    ("kind", "choices", "words"),
    [
        ("approval", ["skate"], "1 of 2 chosen. You can choose 1 more."),
        ("approval", ["skate", "pocket"], "2 of 2 chosen."),
        ("approval", ["skate", "pocket", "swings"], "3 of 2 chosen. 1 too many."),
        ("knapsack", ["skate"], "1 chosen. £60,000 of £100,000. £40,000 left."),
        ("knapsack", ["skate", "pocket"], "2 chosen. £110,000 of £100,000. £10,000 too much."),
        ("ranked", [], "0 of 2 chosen. You can choose 2 more."),
        ("points", {"skate": 6}, "6 of 10 points given. 4 left."),
        ("points", {"skate": 6, "swings": 5}, "11 of 10 points given. 1 too many."),
    ],
)
def test_where_one_stands_is_said_in_words(kind, choices, words):
    assert total_of(contest(kind), choices).words == words


def test_a_limited_knapsack_says_both_number_and_money():
    assert total_of(contest("knapsack", most=5), ["skate"]).words == (
        "1 of 5 chosen. £60,000 of £100,000. £40,000 left."
    )


def test_too_much_is_a_warning_before_it_is_a_refusal():
    assert total_of(contest("knapsack"), ["skate", "pocket"]).warning == "Take something off before you continue."
    assert total_of(contest("knapsack"), ["skate"]).warning == ""


@given(st.text())
def test_a_description_is_cut_to_two_lines_and_never_lost(text):
    brief, rest = in_brief(text)
    assert len(brief) <= 151
    whole = brief[:-1] + rest[1:] if rest.startswith("…") and brief.endswith("…") else brief + rest
    assert "".join(whole.split()) == "".join(text.split())
