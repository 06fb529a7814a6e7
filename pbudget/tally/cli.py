"""`pbudget count FILE.pb`: count a Pabulib file and print who wins, what is left and why, for people or as JSON."""

import json
from dataclasses import replace
from fractions import Fraction

import click

from pbudget.kit.errors import BadInput
from pbudget.kit.money import amount_text
from pbudget.tally.election import Election
from pbudget.tally.pabulib import read
from pbudget.tally.printed import printed
from pbudget.tally.rules.count import count as count_election
from pbudget.tally.rules.outcome import Outcome
from pbudget.tally.rules.rule import COMPLETIONS, NAMES, UNAFFORDABLE, UTILITIES, Rule, rule_in_file


@click.command()
@click.argument("file", metavar="FILE.pb")
@click.option("--rule", type=click.Choice(NAMES), help="The counting rule (greedy if not given).")
@click.option("--utility", type=click.Choice(UTILITIES), help="Equal Shares: what a project is worth (cost).")
@click.option("--completion", type=click.Choice(COMPLETIONS), help="Equal Shares: money left over (none).")
@click.option("--step", metavar="PERCENT", help="add1: raise the shares by this much of the pot a run (1).")
@click.option("--unaffordable", type=click.Choice(UNAFFORDABLE), help="Greedy: at a project that does not fit (skip).")
@click.option("--min-score", metavar="N", help="Leave out projects with a lower score.")
@click.option("--as-file", is_flag=True, help="Use the rule and the minimum score the file states.")
@click.option("--tie-break", default="id", show_default=True, help="Ties: id, cheaper, lot:WORDS or drawn:ID,ID,…")
@click.option("--encoding", default="utf-8", show_default=True, help="For files in another encoding, such as cp1250.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def count(file: str, as_file: bool, tie_break: str, encoding: str, as_json: bool, **options: str | None) -> None:
    """Count a Pabulib file and print the outcome with a reason for every project.

    A file that cannot be read ends with exit status 2 and one line saying where and why.
    """
    if not file.strip():
        raise BadInput("the name of the file is empty. Write which file to count: pbudget count FILE.pb.")
    chosen = {name: value for name, value in options.items() if value is not None}
    rule = Rule(ties=tie_break) if as_file else _rule(tie_break, chosen)
    if as_file and chosen:
        given = ", ".join("--" + name.replace("_", "-") for name in chosen)
        raise BadInput(f"--as-file takes the rule from the file. Leave out {given}, or --as-file.")
    election = read(file, encoding=encoding)
    if as_file:
        rule = rule_in_file(election.meta, tie_break)
    outcome = count_election(election, rule)
    if as_json:
        for notice in election.notices:
            place = f"{election.name}, line {notice.line}" if notice.line else election.name
            click.echo(f"pbudget: {place}: {notice.text}.", err=True)
        click.echo(json.dumps(as_object(election, outcome), ensure_ascii=False, indent=2))
    else:
        click.echo(printed(election, outcome))


def as_object(election: Election, outcome: Outcome) -> dict[str, object]:
    """Lay the outcome out as the object `--json` prints; amounts are decimal strings in the file's currency."""
    return {
        "rule": outcome.rule.name,
        "winners": sorted(outcome.winners),
        "spent": amount_text(outcome.spent, election.units),
        "remaining": amount_text(outcome.remaining, election.units),
        "reasons": {line.project.id: line.reason for line in outcome.lines},
        "ballots": outcome.ballots,
        "classes": outcome.classes,
    }


def _rule(tie_break: str, chosen: dict[str, str]) -> Rule:
    """Build the rule from the options that were given."""
    rule = Rule(
        chosen.get("rule", "greedy"),
        chosen.get("utility", "cost"),
        chosen.get("completion", "none"),
        chosen.get("unaffordable", "skip"),
        tie_break,
    )
    if "min_score" in chosen:
        rule = replace(rule, minimum_score=_number("--min-score", chosen["min_score"]))
    if "step" in chosen:
        rule = replace(rule, step=_number("--step", chosen["step"].removesuffix("%")) / 100)
    return rule


def _number(option: str, text: str) -> Fraction:
    """Read a number given on the command line, exactly; below zero is refused."""
    try:
        number = Fraction(text.strip())
    except (ValueError, ZeroDivisionError):
        raise BadInput(f"{option} {text} is not a number. Write 50 or 0.5, for example.") from None
    if number < 0:
        raise BadInput(f"{option} {text} is below zero.")
    return number
