"""A contest's .pb file: its ballots, and its whole rule in META, so that a recount needs the file and nothing else.

    count_by;equal-shares · count_utility;cost · count_completion;add1 · count_ties;lot:2027-03-01 · count_step;1/100

Keys of ours come after Pabulib's own; readers that do not know them pass over them. VOTES has voter_id and vote (and
points) only; voter_id is a number after a shuffle. Source: spec/tally.md, "Pabulib in and out".
"""

from dataclasses import replace

from pbudget.rounds.rules.counting import rule_as_json
from pbudget.tally.election import Election
from pbudget.tally.pabulib import write
from pbudget.tally.rules.rule import EQUAL_SHARES, GREEDY, Rule

TERMS = {
    "count_by": "name",
    "count_utility": "utility",
    "count_completion": "completion",
    "count_unaffordable": "unaffordable",
    "count_ties": "ties",
    "count_minimum": "minimum_score",
    "count_step": "step",
    "count_runs": "runs",
}
"""What META calls each option of a rule."""


def terms_of(rule: Rule) -> dict[str, str]:
    """A rule as META states it, exact numbers as text."""
    written = rule_as_json(rule)
    return {key: str(written[option]) for key, option in TERMS.items()}


def pabulib_rule(rule: Rule) -> str:
    """The nearest of the names Pabulib has for a rule."""
    if rule.name == EQUAL_SHARES:
        return "equalshares" if rule.completion == "none" else f"equalshares/{rule.completion}"
    return "greedy-no-skip" if rule.name == GREEDY and rule.unaffordable == "stop" else rule.name


def pb_of(election: Election, rule: Rule, seed: str) -> bytes:
    """The file's bytes. `seed` decides the order of the ballots: draw 256 bits for each contest and forget them."""
    stated = {"rule": pabulib_rule(rule), **terms_of(rule)}
    if rule.minimum_score:
        stated["min_project_score_threshold"] = str(rule.minimum_score)
    return write(replace(election, meta={**election.meta, **stated}), seed=seed)
