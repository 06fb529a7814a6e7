"""The recount, written apart from the count, finds the same winners in the same order: real files, random elections."""

import ast
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings

import pbudget.results.recount as alone
from pbudget.results.rules.pbfile import TERMS, pb_of, terms_of
from pbudget.tally.election import Election
from pbudget.tally.pabulib import read
from pbudget.tally.rules.count import count
from pbudget.tally.rules.rule import Rule, rules_that_apply
from pbudget.tally.rules.ties import drawn_order
from tests.tally.strategies import counts

SHARED = Path(__file__).parents[3] / "shared" / "data" / "pabulib"
FILES = sorted(path.stem for path in SHARED.glob("*.pb")) or ["(no files)"]
LARGE = ("Poland_Katowice_2020", "Poland_Lodz_2022")
LONG = "Netherlands_Amsterdam_332"
"""As long as all the other small files together; tests/tally/test_oracle.py counts it each time."""
SMALL = [pytest.param(stem, marks=pytest.mark.full) if stem == LONG else stem for stem in FILES if stem not in LARGE]


@cache
def real(stem: str) -> tuple[Election, alone.Contest]:
    path = SHARED / f"{stem}.pb"
    if not path.exists():
        pytest.skip(f"No file {path}: put the real elections into {SHARED} to run this test")
    return read(path), alone.Contest(path.read_bytes())


def assert_same(election: Election, contest: alone.Contest, rule: Rule) -> None:
    assert alone.recount(contest, terms_of(rule)) == list(count(election, rule).winners), rule.label()


@pytest.mark.parametrize("stem", SMALL)
def test_recount_agrees_on_every_real_file_by_every_rule_that_applies_and_every_tie_rule(stem: str):
    election, contest = real(stem)
    for rule in rules_that_apply(election):
        backwards = drawn_order(sorted((each.id for each in election.projects), reverse=True))
        for ties in ("id", "cheaper", "lot:2026-05-07", backwards):
            assert_same(election, contest, replace(rule, ties=ties))
    assert_same(election, contest, Rule("equal-shares", completion="add1", step=Fraction(1, 10), runs=30))


@pytest.mark.full
@pytest.mark.parametrize("stem", LARGE)
def test_recount_agrees_on_the_largest_files(stem: str):
    election, contest = real(stem)
    for rule in rules_that_apply(election):
        assert_same(election, contest, rule)


@pytest.mark.parametrize("stem", FILES)
def test_recount_reads_the_same_votes_and_points_from_every_real_file(stem: str):
    election, contest = real(stem)
    found = {line.project.id: (line.votes, Fraction(line.score)) for line in count(election, Rule()).lines}
    assert {name: (contest.votes[name], contest.score[name]) for name in contest.cost} == found


@settings(max_examples=300)
@given(counts())
def test_recount_of_an_exported_file_equals_the_outcome_ties_included(counted: tuple[Election, Rule]):
    election, rule = counted
    outcome = count(election, rule)
    contest = alone.Contest(pb_of(election, rule, "seed"))
    assert alone.recount(contest, contest.meta) == list(outcome.winners)
    assert alone.totals(contest) == {
        line.project.id: [str(line.votes), str(Fraction(line.score))] for line in outcome.lines
    }


def test_recount_is_short_and_imports_the_standard_library_alone():
    source = Path(alone.__file__).read_text(encoding="utf-8")
    assert len([line for line in source.splitlines() if line.strip()]) < 200
    imported = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {a.name for node in imported if isinstance(node, ast.Import) for a in node.names}
    names |= {node.module or "" for node in imported if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_file_states_its_whole_rule():
    assert set(terms_of(Rule())) == set(alone.DEFAULTS) == set(TERMS)
