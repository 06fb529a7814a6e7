"""Wards looked at as one: people together, every contest counted by itself, from its own pot and by its own rule."""

from collections.abc import Sequence

import numpy as np
import pytest

from pbudget.balance.clusters import Cluster
from pbudget.balance.thresholds import Thresholds
from pbudget.guard.clusters import LookedTogether, Member, look_together, places_of
from pbudget.guard.past_votes import look_at
from pbudget.guard.residents import Residents
from pbudget.guard.rules.bloc_effects import effects_of
from pbudget.guard.rules.blocs import IDENTICAL, find_blocs
from pbudget.guard.rules.contest import answers_of
from pbudget.guard.rules.retally import contest_of_election, retally_for
from pbudget.guard.rules.robustness import Bench
from pbudget.guard.rules.together import SideBySide, together
from pbudget.tally.rules.rule import EQUAL_SHARES, GREEDY, Rule
from tests.guard.builders import election_of

SHARES = {"16-34": 0.5, "35+": 0.5}
LANES = Cluster("The lanes", ("riverside", "hilltop"), ("Riverside", "Hilltop"), ("X1", "X2"))
RULES = (Rule(GREEDY, ties="cheaper"), Rule(EQUAL_SHARES, ties="cheaper"))
COSTS = {"p1": 10, "p2": 20, "p3": 30}
Voters = Sequence[tuple[Sequence[str], str | None]]
"""What each voter names, and which group they are of."""


def looked(*wards: Voters, rules: Sequence[Rule] = RULES, pots: Sequence[int] = (30, 20)) -> LookedTogether:
    """Two wards whose voters take turns, as ballots do that stand in the order of their hashes."""
    turns = sorted(((n, k, voter) for k, ward in enumerate(wards) for n, voter in enumerate(ward)), key=lambda x: x[:2])
    places = places_of(LANES.pots, [[LANES.pots[k]] for _, k, _ in turns])
    members = []
    for k, (ward, rule, pot) in enumerate(zip(wards, rules, pots, strict=True)):
        election = election_of(pot, COSTS, [named for named, _ in ward])
        contest = contest_of_election(election, [voter.ballot for voter in election.voters])
        ones = np.ones((1, contest.ballots))
        cast = np.flatnonzero(retally_for(election, rule, contest).winners(ones)[0])
        winners = [contest.projects[p] for p in cast]
        name = LANES.pot_names[k]
        members.append(Member(LANES.pots[k], name, election, rule, contest, winners, places[k]))
    answers = [answers_of("age", [group for _, _, (_, group) in turns], SHARES)]
    residents = Residents({"age": SHARES}, {"age": 2_000})
    return look_together(LANES, members, answers, residents, Thresholds(), ())


def people(number: int, older: int, young: Sequence[str] = ("p2",), old: Sequence[str] = ("p1",)) -> Voters:
    return [(old, "35+") if n < older else (young, "16-34") for n in range(number)]


@pytest.mark.parametrize("rules", [RULES, RULES[::-1]])
def test_counted_together_each_ward_funds_what_it_would_by_itself(rules):
    found = looked(people(60, 40), people(50, 10, ("p1", "p3")), rules=rules)
    places = [each.ballots for each in found.members]
    contest = found.found.contest
    again = SideBySide([retally_for(each.election, each.rule, each.contest) for each in found.members], places)
    weights = np.random.default_rng(7).uniform(0, 3, (20, contest.ballots))
    weights[0, places[1]] = 0  # a draw in which nobody of one ward is left
    own = [retally_for(m.election, m.rule, m.contest).winners(weights[:, m.ballots]) for m in found.members]
    assert (again.winners(weights) == np.hstack(own)).all()
    assert not again.winners(weights)[0, 3:].any() and again.winners(weights)[1:].any()
    assert contest.projects == tuple(f"{slug}/{p}" for slug in LANES.pots for p in COSTS)
    assert [contest.projects[p] for p in found.found.cast] == [
        f"{each.slug}/{winner}" for each in found.members for winner in each.winners
    ]


def test_two_small_wards_are_judged_together_where_each_alone_has_too_few_votes():
    wards = people(60, 55), people(60, 54)
    for ward in wards:
        election = election_of(30, COSTS, [named for named, _ in ward], {"age": [group for _, group in ward]})
        assert look_at(election, Residents({"age": SHARES})).found.verdict.verdict == "not enough data"
    found = looked(*wards)
    document = found.document()
    assert found.found.verdict.verdict not in ("not enough data", "balanced")
    assert (document.ballots, document.title) == (120, "The lanes · Riverside and Hilltop")
    assert "People aged 35+ cast 92% of ballots and are 50% of residents." in document.reasons
    assert {line.title for line in document.projects} >= {"“Project p1 (Riverside)”", "“Project p1 (Hilltop)”"}
    assert not {line.label for line in document.projects} & {"broad", "sectional"}
    assert any("friends in every group is not worked out" in caution for caution in document.cautions)


def test_a_ward_where_nobody_voted_does_no_harm():
    assert looked(people(120, 60), []).found.contest.ballots == 120
    assert looked([], []).document().verdict == "not enough data"


def test_the_same_ballots_give_the_same_report():
    first, second = (looked(people(60, 55), people(60, 54)) for _ in range(2))
    assert first.as_object() == second.as_object()
    assert first.document() == second.document()
    other = looked(people(60, 55), people(60, 54), pots=(30, 30))
    assert other.as_object()["input_hash"] != first.as_object()["input_hash"]


def test_ballots_alike_are_looked_for_within_a_ward_only():
    """In Riverside a third names the same two of six, far more than chance; in Hilltop everybody names another two."""
    costs = {f"p{n}": 10 for n in range(1, 7)}
    spread = [(f"p{1 + n % 6}", f"p{1 + (n + 1 + n // 6 % 4) % 6}") for n in range(80)]
    elections = [election_of(20, costs, ballots) for ballots in (spread + [("p1", "p4")] * 40, [("p1", "p2")] * 60)]
    contests = [contest_of_election(each, [voter.ballot for voter in each.voters]) for each in elections]
    (alone,) = [bloc for bloc in find_blocs(contests[0], Thresholds()).found if bloc.kind == IDENTICAL]
    places = [np.arange(0, 120), np.arange(120, 180)]
    answers = [answers_of("age", ["35+"] * 120 + ["16-34"] * 60, SHARES)]
    both = together(["a", "b"], contests, places, answers)
    found = find_blocs(both, Thresholds()).found
    assert [(each.kind, each.named, each.count, each.excess) for each in found] == [
        (IDENTICAL, alone.named, alone.count, alone.excess)
    ]
    assert not found[0].casts[120:].any()
    again = [retally_for(each, RULES[0], contest) for each, contest in zip(elections, contests, strict=True)]
    (effect,) = effects_of(Bench(both, SideBySide(again, places), (0,), Thresholds(), 5), found).each
    assert effect.concentration.lift == 1, "all of Riverside is of one group, so its ballots alike are no sign of it"


def test_to_live_where_little_is_funded_is_no_harm_to_a_group():
    """Everybody in Hilltop has nothing, and most of the young live there; within each ward nobody is worse off."""
    found = looked(people(120, 110, ["p1"], ["p1"]), people(120, 60, ["p3"], ["p3"]))
    harm = found.found.findings.outcome.harm["age"]
    assert harm.groups == ("16-34",)
    assert (harm.gap, harm.z) == (0, 0), "of 70 young people 60 have nothing, of 170 others 60: that is where they live"
