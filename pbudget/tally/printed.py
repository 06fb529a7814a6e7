"""An outcome as a page of text, 80 columns wide, for a terminal."""

from collections.abc import Iterator
from textwrap import wrap

from pbudget.kit.money import format_money
from pbudget.tally.election import Election
from pbudget.tally.rules.figures import percent
from pbudget.tally.rules.outcome import Line, Outcome, Tie
from pbudget.tally.rules.rule import EQUAL_SHARES

WIDTH = 80
LABEL = 10


def printed(election: Election, outcome: Outcome) -> str:
    """Print the whole outcome: the rule and the figures, every project with its reason, ties and notices."""
    parts = [
        [election.name, *wrap(election.meta.get("description", ""), WIDTH)],
        list(_figures(election, outcome)),
        list(_projects(election, outcome, funded=True)),
        list(_projects(election, outcome, funded=False)),
        _bullets("Ties that decided money", [_tie(tie) for tie in outcome.ties]),
        _bullets("About the file", [_place(notice.line) + notice.text for notice in election.notices]),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _figures(election: Election, outcome: Outcome) -> Iterator[str]:
    """Print the rule, the ballots and the money, one to a line."""
    won, blank = len(outcome.winners), election.blank_ballots
    blank_text = f", {blank:,} blank" if blank else ""
    yield from _labelled("Rule", outcome.rule.label())
    yield from _labelled("Ballots", f"{outcome.ballots:,} ({outcome.classes:,} different{blank_text})")
    yield from _labelled("Pot", _money(election, outcome.pot))
    spent = f"{_money(election, outcome.spent)} on {won:,} of {len(election.projects):,} projects"
    yield from _labelled("Spent", spent)
    yield from _labelled("Left", _money(election, outcome.remaining))
    if outcome.rule.name == EQUAL_SHARES and outcome.rule.completion == "add1":
        step, raised = percent(outcome.rule.step), percent(outcome.add1_raised)
        yield from _labelled("Shares", f"raised by {raised} ({outcome.add1_runs:,} runs made, {step} a run)")


def _projects(election: Election, outcome: Outcome, funded: bool) -> Iterator[str]:
    """Print the funded projects in order of funding, or the others by rank."""
    lines = [line for line in outcome.lines if line.funded == funded]
    if lines:
        yield "Funded" if funded else "Not funded"
    for number, line in enumerate(lines, 1):
        yield from _project(election, line, f"{number:>3}. " if funded else "  -  ")


def _project(election: Election, line: Line, bullet: str) -> Iterator[str]:
    """Print a project's title, id and cost, and its reason below."""
    project = line.project
    title = f"{project.title} [{project.id}], {_money(election, project.cost)}"
    indent = " " * len(bullet)
    yield from wrap(title, WIDTH, initial_indent=bullet, subsequent_indent=indent)
    reason = line.reason.removeprefix("Funded: ").removeprefix("Not funded: ")
    yield from wrap(reason[0].upper() + reason[1:], WIDTH, initial_indent=indent, subsequent_indent=indent)


def _labelled(label: str, text: str) -> list[str]:
    """Print a label with its text beside it."""
    return wrap(text, WIDTH, initial_indent=label.ljust(LABEL), subsequent_indent=" " * LABEL)


def _bullets(heading: str, texts: list[str]) -> list[str]:
    """Print a heading and a list, or nothing where the list is empty."""
    points = [line for text in texts for line in wrap(text, WIDTH, initial_indent="  -  ", subsequent_indent=" " * 5)]
    return [heading, *points] if points else []


def _tie(tie: Tie) -> str:
    """Say which projects tied and what decided."""
    return f"{' and '.join(tie.won)} tied with {' and '.join(tie.lost)}; the tie rule ({tie.decided_by}) decided."


def _place(line: int) -> str:
    """Say where in the file a notice belongs."""
    return f"line {line}: " if line else ""


def _money(election: Election, amount: int) -> str:
    """Say an amount of the election's currency."""
    return format_money(amount, election.currency, election.units)
