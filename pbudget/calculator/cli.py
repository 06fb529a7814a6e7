"""`pbudget calculator`: load a budget from a CSV file, and check what a response comes to."""

import json
from pathlib import Path

import click

from pbudget.calculator.actions import NoSuchBudget, load_budget
from pbudget.calculator.queries import budget_by_slug, version_of
from pbudget.calculator.rules.budget import Budget
from pbudget.calculator.rules.response import Response, ResponseNotUsable, read_response, solved
from pbudget.calculator.rules.sheet import LARGEST_FILE, BudgetNotUsable, read_budget
from pbudget.kit.errors import BadInput
from pbudget.wards.rules.tables import FileNotUsable, decode

FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group()
def calculator() -> None:
    """Budgets that residents balance."""


@calculator.command()
@FILE
@click.option("--dry-run", is_flag=True, help="Check every row and load nothing.")
def load(file: Path, dry_run: bool) -> None:
    """Load a budget from a CSV file: all of it, or nothing and a line for every problem."""
    try:
        budget = read_budget(_read(file))
    except BudgetNotUsable as error:
        for problem in error.problems:
            click.echo(f"{file.name}: {problem}", err=True)
        raise
    counts = ((len(budget.lines), "line"), (len(budget.groups), "group"), (len(budget.schemes), "borrowing scheme"))
    said = f"{budget.title}: " + ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for count, what in counts)
    if dry_run:
        click.echo(f"{said}. Every row can be used. Nothing has been loaded: leave out --dry-run to load it.")
        return
    name = load_budget(budget)
    there = budget_by_slug(name)
    click.echo(f"{said}. Loaded as {name}, version {there.version if there else 1}.")


@calculator.command()
@click.argument("file", metavar="RESPONSE.json", type=click.Path(path_type=Path))
def solve(file: Path) -> None:
    """Print, as JSON, what a response's choices come to: the balance and each effect."""
    response = read_response(decode(_read(file), "a JSON file")[0])
    click.echo(json.dumps(solved(_budget_of(response, file.parent), response), ensure_ascii=False))


def _budget_of(response: Response, folder: Path) -> Budget:
    """The budget a response names: a CSV file beside it, which is version 1 of itself, or one that was loaded."""
    if response.budget.lower().endswith(".csv"):
        beside = folder / response.budget
        if response.version != 1:
            raise ResponseNotUsable("A file is version 1 of its budget. Write 1, or name a budget that was loaded.")
        return read_budget(_read(beside if beside.exists() else Path(response.budget)))
    there = budget_by_slug(response.budget)
    if there is None:
        raise NoSuchBudget(f"There is no budget “{response.budget[:60]}”. Name a CSV file, or load one first.")
    if response.version != there.version:
        raise ResponseNotUsable(
            f"The response was made for version {response.version}, and the budget is at version {there.version}. "
            f"Check it against the new version, then change the number."
        )
    return version_of(there.id, response.version) or there.content


def _read(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise FileNotUsable(f"{file.name} is larger than {LARGEST_FILE // 1024 // 1024} MB. Is it the right file?")
        return file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file} cannot be read ({error.strerror}). Check its name and folder.") from error
