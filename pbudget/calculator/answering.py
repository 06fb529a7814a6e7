"""What a resident does: begin, choose, save, come back, send. An answer counts once, as it was sent last.

begin -> draft -> change (token renewed) -> send(token as shown) -> response; changed and sent again: replaced
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from pbudget.calculator.actions import held_budget
from pbudget.calculator.models import BudgetDraft, BudgetResponse, BudgetYear
from pbudget.calculator.queries import BudgetView, DraftView, draft_by_id, sent_of, version_of
from pbudget.calculator.rules.answers import LONGEST_REASON, read_comments, usable_words
from pbudget.calculator.rules.balance import Balance, balance_of, choices_as_json
from pbudget.calculator.rules.budget import BANDS, TAX
from pbudget.calculator.rules.choices import Posted, Problem, changed_keys, read_page, still_usable
from pbudget.calculator.rules.screens import ONLINE
from pbudget.calculator.rules.standing import CLOSED, OPEN, only_times_differ
from pbudget.db import database_now, transaction
from pbudget.kit.clock import LONDON
from pbudget.kit.errors import BadInput, PbudgetError
from pbudget.roll.rules.codes import Code, make_code

GRAIN = timedelta(minutes=5)
IDLE = timedelta(days=7)
"""How long a draft that nobody saved is kept."""


TO_PRINT = timedelta(hours=1)
"""How long a draft can still be read and printed after the close."""


class AnswerGone(PbudgetError):
    """There is no such draft any more: the person reads so, and how to begin again or come back with a code."""


class BudgetNotOpen(PbudgetError):
    """The budget has not opened or has closed: the person reads which, and that nothing was sent."""


class AnswerNotAsShown(PbudgetError):
    """The answer or the budget changed after this page was made: nothing is sent, the check page is shown again."""


class ReasonMissing(BadInput):
    """Something is still to find and no reason was given: the person is asked for one."""


@dataclass(frozen=True)
class Changed:
    """What a page did: the budget and the draft as they are now, the balance before, and what was refused."""

    budget: BudgetView
    draft: DraftView
    before: Balance
    after: Balance
    problems: Sequence[Problem]
    keys: frozenset[str]
    """Every part whose choice is another one now, or was refused; council tax where the band is another one."""


def begin_answer(name: str, *, channel: str = ONLINE, group_size: int | None = None) -> str:
    """The id of a new draft in which nothing is changed. Raises BudgetNotOpen."""
    with transaction() as session:
        budget = _open(held_budget(session, name, to_answer=True))
        draft_id = secrets.token_hex(16)
        session.execute(
            insert(BudgetDraft).values(
                id=draft_id,
                budget_id=budget.id,
                version=budget.version,
                choices={},
                comments={},
                channel=channel,
                group_size=group_size,
                seed=secrets.token_hex(16),
                token=secrets.token_hex(16),
                touched_at=_touched(budget.read_at),
            )
        )
    return draft_id


def change_answer(name: str, draft_id: str, posted: Posted, version: int | None) -> Changed:
    """Keep what a page sent of choices, comments and band; what cannot be used is refused and the rest kept.

    `version` is the one the page was made for. Raises AnswerGone and BudgetNotOpen.
    """
    with transaction() as session:
        budget, held = _held(session, name, draft_id)
        started, problems = _as_of_now(budget, held, version)
        choices, refused = read_page(budget.content, posted, started.choices)
        comments, too_long = read_comments(budget.content, posted, started.comments)
        band = (posted.get("band") or [started.band])[0]
        after = replace(started, choices=choices, comments=comments, band=band if band in BANDS else started.band)
        after = _kept(session, budget, held, after)
    before = balance_of(budget.content, started.choices)
    found = (*problems, *refused, *too_long)
    keys = {problem.key for problem in found} | changed_keys(budget.content, held.choices, choices)
    keys |= {TAX} if after.band != held.band else set()
    return Changed(budget, after, before, balance_of(budget.content, choices), found, frozenset(keys))


def _as_of_now(budget: BudgetView, held: DraftView, version: int | None) -> tuple[DraftView, list[Problem]]:
    """The draft against the present version, and what to say when the page or the draft was made for another."""
    if all(_is_as_now(budget, each) for each in {version, held.version}):
        return held, []
    choices, problems = still_usable(budget.content, held.choices)
    said = Problem(
        "",
        "The council changed this budget after you opened the page. Your answers are kept. "
        "Read the words again before you go on",
    )
    return replace(held, choices=choices, version=budget.version), [said, *problems]


def _is_as_now(budget: BudgetView, version: int | None) -> bool:
    """Whether a page of this version says what the present one says; only the closing time may be another."""
    if version == budget.version:
        return True
    earlier = version_of(budget.id, version) if version else None
    return earlier is not None and only_times_differ(earlier, budget.content)


def set_ward(name: str, draft_id: str, ward_id: int | None) -> DraftView:
    """Keep, or forget, the ward a person says they live in; the draft as it is then. Raises as change_answer."""
    with transaction() as session:
        budget, held = _held(session, name, draft_id)
        return _kept(session, budget, held, replace(held, ward_id=ward_id))


def save_for_later(name: str, draft_id: str, secret_key: str) -> str:
    """A new code to come back with, as it is shown; an earlier one stops. Raises AnswerGone and BudgetNotOpen."""
    with transaction() as session:
        budget, held = _held(session, name, draft_id)
        code = make_code()
        values = {"code_digest": digest_of(code, secret_key), "touched_at": _touched(budget.read_at)}
        session.execute(update(BudgetDraft).where(BudgetDraft.id == held.id).values(**values))
    return code.grouped


def digest_of(code: Code, secret_key: str) -> str:
    """What the database keeps of a code: 60 random bits under a key that is not in the database."""
    return hmac.digest(secret_key.encode(), b"budget code:" + code.plain.encode("ascii"), "sha256").hex()


def draft_of_code(budget_id: int, code: Code, secret_key: str, session: Session) -> str | None:
    """The id of the draft that was saved under a code, or None."""
    wanted = select(BudgetDraft.id).where(
        BudgetDraft.budget_id == budget_id, BudgetDraft.code_digest == digest_of(code, secret_key)
    )
    return session.scalar(wanted)


def send_answer(name: str, draft_id: str, token: str, reason: str = "", *, unbalanced: bool = False) -> None:
    """Send the draft as its check page showed it; the same page sent twice is one answer, a later one replaces it.

    `unbalanced`: the person says that something may be left to find. Raises AnswerGone, BudgetNotOpen,
    AnswerNotAsShown, ReasonMissing and BadInput; nothing is sent then.
    """
    with transaction() as session:
        budget, held = _held(session, name, draft_id)
        if held.token != token or not _is_as_now(budget, held.version):
            raise AnswerNotAsShown("Your budget has changed since this page was made. Check it again.")
        balance = balance_of(budget.content, held.choices)
        why = "" if balance.is_balanced else _reason(reason, unbalanced=unbalanced)
        _put_response(session, budget, held, balance, why)


def _reason(typed: str, *, unbalanced: bool) -> str:
    if not unbalanced:
        raise ReasonMissing("Choose more until nothing is left to find, or tick the box to send it as it is")
    reason = usable_words(typed, LONGEST_REASON)
    if not reason:
        raise ReasonMissing("Say in a few words why you are not balancing the budget")
    return reason


def _put_response(session: Session, budget: BudgetView, held: DraftView, balance: Balance, reason: str) -> None:
    values = {
        "token": held.token,
        "version": held.version,
        "choices": choices_as_json(held.choices),
        "comments": dict(held.comments),
        "ward_id": held.ward_id,
        "channel": held.channel,
        "group_size": held.group_size,
        "still_to_find": balance.still_to_find,
        "is_balanced": balance.is_balanced,
        "reason": reason,
        "sent_on": budget.read_at.astimezone(LONDON).date(),
    }
    if sent_of(held.id, session) is None:
        session.execute(insert(BudgetResponse).values(id=held.id, budget_id=budget.id, **values))
    else:
        session.execute(update(BudgetResponse).where(BudgetResponse.id == held.id).values(**values))


def clear_idle_answers() -> int:
    """Forget drafts that nobody touched for a week and nobody saved under a code; how many. What was sent stays.

    Those of a budget that closed an hour ago go too: until then whoever was too late can print what they had chosen.
    """
    with transaction() as session:
        now = database_now(session)
        idle = and_(BudgetDraft.touched_at <= now - IDLE, BudgetDraft.code_digest.is_(None))
        over = select(BudgetYear.id).where(BudgetYear.phase == CLOSED, BudgetYear.closed_at <= now - TO_PRINT)
        gone = delete(BudgetDraft).where(or_(idle, BudgetDraft.budget_id.in_(over)))
        return session.execute(gone).rowcount  # type: ignore[attr-defined,no-any-return]  # a delete has one


def _held(session: Session, name: str, draft_id: str) -> tuple[BudgetView, DraftView]:
    """The open budget and the draft, both held: a close waits for this, or this sees that it has closed."""
    budget = _open(held_budget(session, name, to_answer=True))
    held = draft_by_id(draft_id, session, to_change=True)
    if held is None or held.budget_id != budget.id:
        raise AnswerGone("This answer is not there any more.")
    return budget, held


def _open(budget: BudgetView) -> BudgetView:
    if budget.standing != OPEN:
        raise BudgetNotOpen("This budget is not open. Nothing was sent.")
    return budget


def _kept(session: Session, budget: BudgetView, before: DraftView, after: DraftView) -> DraftView:
    """Write what changed; the token is new if, and only if, something did."""
    if after == before:
        return after
    after = replace(after, token=secrets.token_hex(16))
    values = {
        "version": after.version,
        "choices": choices_as_json(after.choices),
        "comments": dict(after.comments),
        "band": after.band,
        "ward_id": after.ward_id,
        "token": after.token,
        "touched_at": _touched(budget.read_at),
    }
    session.execute(update(BudgetDraft).where(BudgetDraft.id == before.id).values(**values))
    return after


def _touched(now: datetime) -> datetime:
    """The next full five minutes, so that no table says when exactly somebody answered."""
    over = timedelta(minutes=now.minute % 5, seconds=now.second, microseconds=now.microsecond)
    return now - over + GRAIN if over else now
