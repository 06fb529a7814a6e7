"""The page of a section: what was chosen on it, where the balance stands; or, for htmx, only what changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Response, make_response, render_template

from pbudget.calculator.answering import Changed
from pbudget.calculator.queries import BudgetView, DraftView, closing_changes, sent_of
from pbudget.calculator.rules.answers import read_comments
from pbudget.calculator.rules.balance import Balance, balance_of
from pbudget.calculator.rules.budget import BANDS, Budget
from pbudget.calculator.rules.choices import Posted, Problem, read_page, still_usable
from pbudget.calculator.rules.sections import ALL, Section, section_before, sections_of
from pbudget.calculator.rules.words import (
    ChangeWords,
    PartWords,
    changes_of,
    say_balance,
    say_band_change,
    say_last_change,
    say_limit,
    words_of,
)
from pbudget.web.layout import is_fragment


@dataclass(frozen=True)
class BalanceWords:
    """The line that is always in view: where the budget stands, what the last choice did, how far the gap is closed."""

    said: str
    change: str
    found: int
    gap: int
    is_balanced: bool
    tax: str
    limit: str


def balance_words(budget: Budget, held: DraftView, balance: Balance, before: Balance | None = None) -> BalanceWords:
    """The balance of a draft in words."""
    return BalanceWords(
        said=say_balance(balance),
        change=say_last_change(budget, before, balance) if before else "",
        found=max(0, budget.gap - balance.still_to_find),
        gap=budget.gap,
        is_balanced=balance.is_balanced,
        tax=say_band_change(budget, held.choices, held.band) if held.choices.tax else "",
        limit=say_limit(budget, held.choices.tax),
    )


def section_page(budget: BudgetView, held: DraftView, key: str, changed: Changed | None = None) -> Response | None:
    """A section of an answer, or all of them; None where there is no such section. 422 when something was refused."""
    sections = sections_of(budget.content, held.seed)
    chosen = [section for section in sections if key in (section.key, ALL)]
    if not chosen:
        return None
    problems = changed.problems if changed else ()
    balance = changed.after if changed else balance_of(budget.content, held.choices)
    wanted = changed.keys if changed and is_fragment() else None
    shown = [(section, _words(budget.content, held, section, problems, wanted)) for section in chosen]
    page = render_template(
        "calculator/_changed.html" if is_fragment() else "calculator/section.html",
        budget=budget,
        held=held,
        sections=sections,
        shown=shown,
        key=key,
        title=chosen[0].title if key != ALL else "The whole budget",
        place=sections.index(chosen[0]) + 1,
        before=section_before(sections, key) if key != ALL else None,
        balance=balance_words(budget.content, held, balance, changed.before if changed else None),
        bands=BANDS,
        problems=problems,
    )
    return make_response(page, 422 if problems else 200)


def _words(
    budget: Budget, held: DraftView, section: Section, problems: Sequence[Problem], wanted: frozenset[str] | None
) -> list[PartWords]:
    """The parts of a section in words; for htmx only those that are wanted."""
    keys = [key for key in section.keys if wanted is None or key in wanted]
    return [words_of(budget, held.choices, held.comments, held.band, key, problems) for key in keys]


def changes_by_section(budget: Budget, held: DraftView) -> list[tuple[Section, list[ChangeWords]]]:
    """What was changed and commented on, by section, in the order of the pages."""
    return [
        (section, changes_of(budget, held.choices, held.comments, section.keys, held.band))
        for section in sections_of(budget, held.seed)
    ]


def answer_page(budget: BudgetView, held: DraftView, template: str, status: int = 200, **more: object) -> Response:
    """A page about a whole answer: check, sent, summary."""
    content = budget.content
    page = render_template(
        template,
        budget=budget,
        held=held,
        changes=changes_by_section(content, held),
        balance=balance_words(content, held, balance_of(content, held.choices)),
        sent=sent_of(held.id),
        **more,
    )
    return make_response(page, status)


def closed_page(budget: BudgetView, held: DraftView | None, posted: Posted | None) -> Response:
    """That it has closed; where somebody had begun an answer, that answer with what they just sent, to print."""
    mine = _with_what_was_sent(budget.content, held, posted or {}) if held else None
    page = render_template(
        "calculator/closed.html",
        budget=budget,
        held=mine,
        refused=posted is not None,
        sent=sent_of(mine.id) if mine else None,
        changes=changes_by_section(budget.content, mine) if mine else [],
        balance=balance_words(budget.content, mine, balance_of(budget.content, mine.choices)) if mine else None,
        closing=closing_changes(budget),
    )
    return make_response(page, 200 if posted is None else 409)


def _with_what_was_sent(budget: Budget, held: DraftView, posted: Posted) -> DraftView:
    """The draft as the page that came too late would have left it. It is shown, and kept nowhere."""
    usable, _ = still_usable(budget, held.choices)
    choices, _ = read_page(budget, posted, usable)
    comments, _ = read_comments(budget, posted, held.comments)
    is_as_kept = (choices, comments) == (held.choices, held.comments)
    return replace(held, choices=choices, comments=comments, token=held.token if is_as_kept else "")
