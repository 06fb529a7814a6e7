"""Counting: elections, the rules that decide them, and Pabulib files in and out. Pure: no web, no database.

Where to find what (import from these modules; this file imports nothing):

- `election.py`: `Election`, `Project`, `BallotClass` (identical ballots merged), `Voter`, `Notice`.
- `pabulib.py`: `read(source, name=..., keep_voters=False, encoding="utf-8")` and `write(election)`.
- `rules/rule.py`: `Rule` (what to count by, `label()`, `description()`), `rules_that_apply(election)`,
  `rule_in_file(election)`.
- `rules/count.py`: `count(election, rule) -> Outcome`.
- `rules/outcome.py`: `Outcome`, `Line` (a project and its reason), `Payment` (an Equal Shares round), `Step`
  (a Phragmén step), `Tie`.
- `cli.py`: the command `pbudget count`.

Money is a whole number of the smallest unit everywhere (`Election.units` of them to one unit of currency);
`pbudget.kit.money.format_money(amount, election.currency, election.units)` says it aloud.

    election = read(Path("round.pb"))
    outcome = count(election, Rule("equal-shares", completion="greedy"))
    outcome.winners            # project ids in the order they were funded
    outcome.lines[0].reason    # "Funded: 677 votes, ranked 1st; £52,334 left after it."
"""
