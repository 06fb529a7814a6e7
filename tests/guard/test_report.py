"""The report as an object and as a page: same inputs, same bytes; nothing about fewer than ten people on the page."""

import json
import re
from dataclasses import replace
from hashlib import sha256

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from pbudget.balance.representation import balance_of
from pbudget.guard.participation import participation_table, two_figures
from pbudget.guard.past_votes import look_at
from pbudget.guard.printed import printed
from pbudget.guard.residents import Residents
from pbudget.guard.rules.contest import Contest, answers_of, contest_of
from pbudget.guard.rules.report import input_hash
from tests.guard.builders import election_of, looked_at

AGE = {"16-29": 0.3, "30-59": 0.5, "60+": 0.2}
SAID = {"age": ["16-29"] * 40 + ["30-59"] * 70 + ["60+"] * 30}
BALLOTS = [["p1", "p2"], ["p2"], ["p3", "p1"], []] * 35


def whole_hash(contest: Contest, baseline: object, configuration: object) -> str:
    """The hash as the specification has it: canonical JSON of the whole."""
    ballots = [
        {
            "labels": {asked.dimension: asked.labels[i] for asked in contest.answers},
            "scores": {contest.projects[p]: score for p, score in zip(*contest.classes[position], strict=True)},
        }
        for i, position in enumerate(contest.class_of.tolist())
    ]
    return sha256(
        rfc8785.dumps({"ballots": ballots, "baseline": baseline, "configuration": configuration})  # type: ignore[arg-type, dict-item]
    ).hexdigest()


names = st.sampled_from(["1", "10", "2", "ż/1", '"quoted"', "\U0001f6b2 bikes", "\ufb01"])


@given(st.lists(st.dictionaries(names, st.sampled_from([1.0, 2.5, 3.0])), max_size=6), st.booleans())
def test_the_hash_is_that_of_the_canonical_json(ballots: list[dict[str, float]], asked: bool) -> None:
    projects = dict.fromkeys(["1", "10", "2", "ż/1", '"quoted"', "\U0001f6b2 bikes", "\ufb01"], 5)
    answers = [answers_of("age", ["16-29", None, "other"] * 2, AGE)] if asked and len(ballots) == 6 else []
    contest = contest_of(projects, ballots, answers)
    assert input_hash(contest, {"age": AGE}, {"pot": "10"}) == whole_hash(contest, {"age": AGE}, {"pot": "10"})


def test_the_same_inputs_give_the_same_bytes() -> None:
    one, other = (looked_at(BALLOTS, SAID, {"age": AGE}) for _ in range(2))
    assert json.dumps(one.as_object()) == json.dumps(other.as_object())
    assert printed(one.document()) == printed(other.document())


def test_another_pot_another_label_or_another_order_is_another_input() -> None:
    election = election_of(40, {"p1": 10, "p2": 20, "p3": 30}, BALLOTS, SAID)
    changed = [
        election,
        replace(election, pot=41),
        replace(election, voters=election.voters[::-1]),
        replace(election, meta={"rule": "greedy-no-skip"}),
    ]
    hashes = [look_at(each, Residents({"age": AGE})).as_object()["input_hash"] for each in changed]
    hashes.append(look_at(election, Residents({"age": {**AGE, "16-29": 0.2, "30-59": 0.6}})).as_object()["input_hash"])
    assert len(set(hashes)) == 5


def test_a_page_has_no_count_from_one_to_nine() -> None:
    said = {"age": ["16-29"] * 4 + ["30-59"] * 120 + ["60+"] * 46}
    page = printed(looked_at([["p1"]] * 170, said, {"age": AGE}).document())
    assert re.search(r"\n  16–29 +withheld +30%\n", page)
    assert re.search(r"\n  60\+ +withheld +20%\n", page)
    said_in_words = " ".join(page.split())
    assert "Withheld: under 10, or it would give such a count away." in said_in_words
    assert "16–29 cast" not in said_in_words
    assert "A group too small to name took part far less or more than its share of the baseline." in said_in_words


def nothing_by_age(*got_something: int) -> list[float | None]:
    """What a page says of 60, 100 and 40 voters by age, of whom so many backed what is funded."""
    said = {"age": ["16-29"] * 60 + ["30-59"] * 100 + ["60+"] * 40}
    parts = zip((60, 100, 40), got_something, strict=True)
    ballots = [["p1"] if voter < got else ["p2"] for size, got in parts for voter in range(size)]
    (table,) = looked_at(ballots, said, {"age": AGE}, pot=10).document().served
    return [row.nothing for row in table.rows]


def test_what_people_got_is_shown_only_where_no_count_under_ten_can_be_worked_out() -> None:
    assert nothing_by_age(20, 90, 30) == [0.67, 0.1, 0.25]
    assert nothing_by_age(9, 90, 40) == [None, None, None]  # by the public totals, one row would give the nine away


@given(st.lists(st.integers(0, 40), min_size=3, max_size=3), st.integers(0, 40))
def test_a_table_on_a_page_is_the_one_that_disclosure_control_allows(counts: list[int], unknown: int) -> None:
    labels = [group for group, count in zip(AGE, counts, strict=True) for _ in range(count)]
    table = participation_table("age", balance_of([*labels, *[None] * unknown], AGE, 2.0))
    for row, count in zip(table.rows, [*counts, unknown], strict=False):
        assert row.participants is None or row.participants == count == 0 or abs(row.participants - count) <= 2
        if 0 < count < 10:
            assert (row.participants, row.share, row.ratio, row.flag) == (None, None, "", "")


def test_ratios_have_two_figures() -> None:
    assert [two_figures(value) for value in (0.4455, 1.0432, 2.3953, 12.3)] == ["0.45", "1.0", "2.4", "12"]


def test_nobody_from_a_large_group_may_be_said() -> None:
    looked = look_at(
        election_of(10, {"p1": 10}, [["p1"]] * 120, {"age": ["16-29"] * 45 + ["30-59"] * 75}),
        Residents({"age": AGE}, {"age": 4_000}),
    )
    assert "Nobody took part of people aged 60+, who are 20% of residents." in looked.document().reasons
