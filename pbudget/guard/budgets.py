"""Who answered a budget that has closed, and its figures weighted: made once by the worker, then the answers are gone.

Answers about people are opened here, in memory. What is kept has small groups left out; in the same transaction every
stored answer is deleted, and each machine's worker then destroys its key. Nothing of a response is changed or read by
any other figure: the results page counts every answer once, as it was sent.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import structlog

from pbudget.balance.disclosure import rounded as rounded_count
from pbudget.balance.thresholds import Thresholds
from pbudget.calculator.asking import guard_key_for
from pbudget.calculator.queries import BudgetView, SentView, responses_of
from pbudget.calculator.rules.numbers import rounded, say_percent
from pbudget.calculator.rules.results import (
    Answer,
    changes_of_part,
    choosable_parts,
    parts_results,
    share_of,
    unchanged,
)
from pbudget.db import database_now, db, transaction
from pbudget.equality.actions import destroy_answers, take_no_more_answers
from pbudget.equality.queries import QuestionPlan, open_answers, plan_of, plan_row
from pbudget.equality.rules.consultations import of_budget
from pbudget.equality.rules.questions import groups_answered
from pbudget.guard.checking import MADE_UP, BalanceCheck, check_balance
from pbudget.guard.document import FRAGILE
from pbudget.guard.models import GuardBudgetReport
from pbudget.guard.participation import ParticipationTable, Row
from pbudget.guard.reporting import residents_of
from pbudget.guard.residents import Residents
from pbudget.guard.rules.contest import Floats
from pbudget.guard.rules.weighted import in_proportion, weighted_median, weighted_share
from pbudget.kit.errors import PbudgetError
from pbudget.wards.queries import ward_ids
from pbudget.wards.rules.names import dimension_label

log = structlog.get_logger()
WAIT_FOR_KEY = timedelta(days=14)
"""So long a key that this machine lacks may be put back; after that nobody's answers are known."""
MILLION = 1_000_000
MOST_LISTED = 20
"""More lines would make the page too long for an old phone."""
WHO = "who sent a budget"
NO_FIGURES = "No figures of residents are loaded for every ward, so nobody can say who is missing."
KEY_LOST = "The key to what people answered about themselves was lost, so nobody can say who took part."
Said = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class WeightedLine:
    """One line as it was sent, and as it would be in proportion: middles in hundredths of a per cent, whole shares."""

    name: str
    group: str
    median: int
    cut: int
    raised: int
    weighted_median: int
    weighted_cut: int
    weighted_raised: int

    @property
    def moved(self) -> tuple[int, int]:
        """How far weighting moves it: its shares by whole per cents, then its middle."""
        shares = max(abs(self.weighted_cut - self.cut), abs(self.weighted_raised - self.raised))
        return shares, abs(self.weighted_median - self.median)


@dataclass(frozen=True, slots=True)
class BudgetDocument:
    """What anybody may read of who answered a budget. `weighted` is empty where too little is known to weigh."""

    answers: int
    people: int
    """Of these answers, those of one person each: groups at a table were asked nothing."""
    said: str
    cautions: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    tables: tuple[ParticipationTable, ...] = ()
    weighted: tuple[WeightedLine, ...] = ()
    weighed_by: tuple[str, ...] = ()
    worth: int = 0
    """About so many answers, each counting once, would carry as much as the weighted ones."""
    fragile: bool = False
    sources: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    beside: str = "residents"

    @property
    def most_different(self) -> list[WeightedLine]:
        """The lines that weighting moves most, first; so many as fit on a page. All of them are in the file."""
        return sorted(self.weighted, key=lambda line: line.moved, reverse=True)[:MOST_LISTED]


def report_on_budget(budget: BudgetView) -> bool:
    """Make and keep the report of a closed budget, and delete every answer; False where that has to wait for its key.

    Repeating it does no harm. Killed in the middle, nothing is kept and nothing is deleted.
    """
    asks = of_budget(budget.id)
    with transaction() as session:
        take_no_more_answers(session, asks)
    plan = plan_of(asks)
    key = _key(budget, plan)
    if key is None and _may_come_back(budget):
        return False
    document = document_of(budget, plan, key)
    with transaction() as session:
        held = plan_row(session, asks, to_change=True)
        if held is None or session.get(GuardBudgetReport, budget.id) is not None:
            return True
        version, now = Thresholds().version, database_now(session)
        session.add(
            GuardBudgetReport(budget_id=budget.id, made_at=now, document=asdict(document), config_version=version)
        )
        destroy_answers(session, asks)
    return True


def _key(budget: BudgetView, plan: QuestionPlan) -> bytes | None:
    try:
        return guard_key_for(budget, plan)
    except PbudgetError as error:
        log.warning("budget-guard-key-not-usable", budget=budget.slug, error=type(error).__name__)
        return None


def _may_come_back(budget: BudgetView) -> bool:
    """Whether the budget closed so short ago that its key may still be put back."""
    now = database_now(db.session())
    return budget.closed_at is not None and now - budget.closed_at < WAIT_FOR_KEY


def document_of(budget: BudgetView, plan: QuestionPlan, key: bytes | None) -> BudgetDocument:
    """The report, from what was sent and, with the key, what was said; nothing is stored or changed."""
    sent, residents = responses_of(budget), residents_of(list(ward_ids().values()))
    people = sum(each.group_size is None for each in sent)
    if key is None or residents is None:
        why = NO_FIGURES if key else KEY_LOST
        return BudgetDocument(len(sent), people, check_balance({}, people, Residents({})).said, (why,))
    said = _said(budget, plan, key, sent)
    check = check_balance(_counts(plan, sent, said, residents), people, residents, WHO)
    plain = BudgetDocument(
        len(sent),
        people,
        check.said,
        (MADE_UP,) if residents.made_up else (),
        check.lines,
        check.tables,
        sources=residents.sources,
        dates=residents.dates,
    )
    return _with_weights(plain, budget, sent, said, _groups_to_weigh_by(check), residents)


def _said(budget: BudgetView, plan: QuestionPlan, key: bytes, sent: Sequence[SentView]) -> list[Said]:
    """Each answer's groups by dimension, in the order of the answers; nothing of whoever said nothing."""
    opened = open_answers(key, of_budget(budget.id), [each.id for each in sent]).by_slot
    return [groups_answered(plan.questions, opened.get(each.id, {})) for each in sent]


def _counts(
    plan: QuestionPlan, sent: Sequence[SentView], said: Sequence[Said], residents: Residents
) -> dict[str, dict[str, int]]:
    """How many people of each group there are, in the dimensions that were asked and have figures."""
    people = [each for each, one in zip(said, sent, strict=True) if one.group_size is None]
    return {
        name: {group: sum(each.get(name) == group for each in people) for group in residents.shares[name]}
        for name in dict.fromkeys(each.dimension for each in plan.questions)
        if name in residents.shares
    }


def _groups_to_weigh_by(check: BalanceCheck) -> dict[str, list[str]]:
    """The groups that may be shown, of questions that enough people answered; nothing where none may be weighed by.

    Weighted figures could give exact counts of the groups they are weighed by. Those left out hold ten people or more
    together, in two groups or more, so even then no small count could be worked out.
    """
    shown = {
        table.dimension: [row.group for row in table.rows if row.group and row.participants]
        for table in check.tables
        if check.enough and check.balances[table.dimension].usable
    }
    return {name: groups for name, groups in shown.items() if len(groups) > 1}


def _with_weights(
    document: BudgetDocument,
    budget: BudgetView,
    sent: Sequence[SentView],
    said: Sequence[Said],
    groups: Mapping[str, Collection[str]],
    residents: Residents,
) -> BudgetDocument:
    if not groups:
        return document
    limits = replace(Thresholds(), rake_min_cell=Thresholds().k_anon)
    weights = in_proportion(said, residents.shares, groups, limits)
    return replace(
        document,
        weighted=_weighted(budget, sent, weights.weights),
        weighed_by=tuple(dimension_label(name).partition(",")[0] for name in groups),
        worth=rounded_count(round(weights.effective_ballots), limits.round_base),
        fragile=weights.deff > FRAGILE,
    )


def _weighted(budget: BudgetView, sent: Sequence[SentView], weights: Floats) -> tuple[WeightedLine, ...]:
    answers = [Answer(each.choices, each.is_balanced) for each in sent]
    parts = choosable_parts(budget.content)
    chosen = {key: np.array(changes_of_part(budget.content, answers, key)) for key in parts}
    return tuple(
        WeightedLine(
            raw.name,
            raw.group,
            raw.median,
            share_of(raw.cut, raw.answers),
            share_of(raw.raised, raw.answers),
            rounded(Fraction(weighted_median(chosen[raw.key], weights))),
            _whole_share(weighted_share(chosen[raw.key] < unchanged(parts[raw.key]), weights)),
            _whole_share(weighted_share(chosen[raw.key] > unchanged(parts[raw.key]), weights)),
        )
        for raw in parts_results(budget.content, answers)
    )


def _whole_share(share: float) -> int:
    """A share in whole per cents, halves up as everywhere; weights are fractions, so it is cut to a millionth first."""
    return share_of(round(share * MILLION), MILLION)


def document_from(kept: Mapping[str, Any]) -> BudgetDocument:
    """The document that was kept as plain data."""
    tables = (
        ParticipationTable(**{**table, "rows": tuple(Row(**row) for row in table["rows"])}) for table in kept["tables"]
    )
    plain: dict[str, Any] = {name: tuple(each) if isinstance(each, list) else each for name, each in kept.items()}
    plain |= {"tables": tuple(tables), "weighted": tuple(WeightedLine(**line) for line in kept["weighted"])}
    return BudgetDocument(**plain)


def rows_of_file(document: BudgetDocument) -> list[Sequence[object]]:
    """The document as a file has it: who took part, then the figures as sent and weighted. Small groups stay empty."""
    rows: list[Sequence[object]] = [("question", "group", "people", "share", "residents", "in_words")]
    for table in document.tables:
        rows += [
            (
                table.label,
                row.label,
                _or_empty(row.participants),
                _or_empty(row.share),
                _or_empty(row.residents),
                row.flag,
            )
            for row in table.rows
        ]
    rows += [(), ("line", "group", "median", "weighted_median", "cut", "weighted_cut", "raised", "weighted_raised")]
    for each in document.weighted:
        middles = (say_percent(value) for value in (each.median, each.weighted_median))
        rows.append((each.name, each.group, *middles, each.cut, each.weighted_cut, each.raised, each.weighted_raised))
    return [*rows, ("Self-selected responses, not a survey. Weighted figures are advice, never a result",)]


def _or_empty(value: float | None) -> object:
    return "" if value is None else value
