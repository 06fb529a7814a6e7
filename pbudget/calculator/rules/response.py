"""RESPONSE.json: choices by name, as finance officers write them to check a text, and what they come to.

{"budget": "budget.csv", "version": 1, "lines": {"Libraries": "-10"}, "tax": "2.99", "schemes": {}, "band": "C"}
    ->  {"still_to_find": "3329059.81", "effects": {"Libraries": "-400000.00"}, "band": {"year": "47.84", …}}
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pbudget.calculator.rules.balance import Choices, balance_of, extra_a_week, extra_a_year
from pbudget.calculator.rules.budget import BANDS, TAX, Budget
from pbudget.calculator.rules.choices import parts_of, read_choice, with_choice
from pbudget.kit.errors import BadInput
from pbudget.kit.texts import without_hidden

MOST_NAMED = 10
NAMES = ("budget", "version", "lines", "tax", "schemes", "band")


class ResponseNotUsable(BadInput):
    """A response cannot be used; the message lists everything that is wrong with it."""


@dataclass(frozen=True)
class Response:
    """A response as it was written: every number still a text."""

    budget: str
    version: int
    lines: Mapping[str, str]
    tax: str
    schemes: Mapping[str, str]
    band: str


def read_response(content: str) -> Response:
    """A response's shape: no name twice, no unknown name, every number a text. Raises ResponseNotUsable."""
    try:
        found = json.loads(content, object_pairs_hook=_once)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ResponseNotUsable(f"The file is not JSON: {error}.") from error
    if not isinstance(found, dict):
        raise ResponseNotUsable('The file must hold one object, like {"budget": …, "version": 1, "lines": {…}}.')
    unknown = [name for name in found if name not in NAMES]
    if unknown:
        raise ResponseNotUsable(f"“{_plain(unknown[0])}” is not part of a response. It may have {', '.join(NAMES)}.")
    return _of_right_kinds({name: value for name, value in found.items() if value is not None})


def _of_right_kinds(found: Mapping[str, Any]) -> Response:
    budget, version, tax, band = (
        found.get("budget"),
        found.get("version"),
        found.get("tax") or "0",
        found.get("band", ""),
    )
    if not isinstance(budget, str) or not budget:
        raise ResponseNotUsable("“budget” must name the CSV file or the budget, as text.")
    if type(version) is not int:
        raise ResponseNotUsable("“version” must be a whole number, such as 1.")
    if not isinstance(tax, str):
        raise ResponseNotUsable('“tax” must be text, such as "2.99", so that no digit is lost.')
    if not isinstance(band, str) or band.upper() not in ("", *BANDS):
        raise ResponseNotUsable("“band” must be a letter from A to H.")
    return Response(budget, version, _texts(found, "lines"), tax, _texts(found, "schemes"), band.upper())


def _texts(found: Mapping[str, Any], name: str) -> Mapping[str, str]:
    given = found.get(name, {})
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise ResponseNotUsable(f'“{name}” must be names with texts, such as {{"Libraries": "-10"}}.')
    return given


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ResponseNotUsable(f"“{_plain(twice)}” stands there twice. Say it once.")
    return dict(pairs)


def as_named(name: str) -> str:
    """A name without what does not tell two apart: case and spaces."""
    return " ".join(name.split()).casefold()


def _choices_in(budget: Budget, response: Response) -> Iterator[tuple[str, str, str]]:
    yield from (("lines", name, typed) for name, typed in response.lines.items())
    yield "tax", budget.tax.name, response.tax
    yield from (("schemes", name, typed) for name, typed in response.schemes.items())


def _no_such(name: str, what: str, known: Sequence[str]) -> str:
    there = ", ".join(known[:MOST_NAMED]) + (f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else "")
    return f"“{_plain(name)}” is not one of the {what} of this budget. There are {there or 'none'}."


def choices_named(budget: Budget, response: Response) -> Choices:
    """The choices of a response. Raises ResponseNotUsable with every one that is refused."""
    choices, problems, parts = Choices(), list[str](), parts_of(budget)
    key_of = {
        "lines": {as_named(line.name): key for key, line in budget.line_by_key.items()},
        "schemes": {as_named(scheme.name): key for key, scheme in budget.scheme_by_key.items()},
        "tax": {as_named(budget.tax.name): TAX},
    }
    seen = set[str]()
    for what, name, typed in _choices_in(budget, response):
        key = key_of[what].get(as_named(name))
        try:
            if key is None:
                raise ResponseNotUsable(_no_such(name, what, [parts[key].name for key in key_of[what].values()]))
            if key in seen:
                raise ResponseNotUsable(f"{_plain(name)} stands there twice. Say it once.")
            seen.add(key)
            choices = with_choice(budget, choices, key, read_choice(parts[key], typed))
        except ResponseNotUsable as error:
            problems.append(str(error))
        except BadInput as error:
            problems.append(f"{_plain(name)}: {error}.")
    if problems:
        raise ResponseNotUsable(" ".join(problems))
    return choices


def solved(budget: Budget, response: Response) -> dict[str, Any]:
    """What a response comes to; amounts are decimal texts in pounds. Raises ResponseNotUsable."""
    choices = choices_named(budget, response)
    balance, parts = balance_of(budget, choices), parts_of(budget)
    say: Callable[[int], str] = decimal_text
    answer: dict[str, Any] = {
        "still_to_find": say(balance.still_to_find),
        "effects": {parts[key].name: say(effect) for key, effect in balance.effects.items()},
    }
    if response.band:
        year = extra_a_year(budget, response.band, choices.tax)
        answer["band"] = {"year": say(year), "week": say(extra_a_week(budget, response.band, choices.tax))}
    return answer


def decimal_text(pence: int) -> str:
    """An amount in pounds with two decimals, as a program reads it: "-400000.00"."""
    whole, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{whole}.{rest:02}"


def _plain(name: str) -> str:
    return without_hidden(name)[:80]
