"""The pages of the task list that are one form: what fills it and what saving it does."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pbudget.equality.actions import save_questions
from pbudget.equality.queries import plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.questions import STANDARD, asked, own_question
from pbudget.kit.errors import BadInput
from pbudget.kit.texts import whole_number
from pbudget.rounds.forms import (
    MOST_WITNESSES,
    AnnulForm,
    DatesForm,
    DocumentsForm,
    NameForm,
    PublishForm,
    QuestionsForm,
    QuorumForm,
    RoundForm,
    RuleForm,
    VotersForm,
    WitnessesForm,
    per_thousand,
)
from pbudget.rounds.queries import CHANNELS, SetUp, pots_of
from pbudget.rounds.rules.choices import chosen_rule, name_of_rule, rules_for, ties_of_rule
from pbudget.rounds.rules.extension import allowance_problem
from pbudget.rounds.setting_up import save_columns, save_dates, save_rules, saving
from pbudget.wards.queries import groups_by_dimension

ANNUL_RULE = (
    "The vote is annulled and repeated if the ledger or the recount does not verify, if ballots were lost, or if the "
    "number of ballots that cannot be trusted is larger than the difference that decided a project. The monitoring "
    "officer and two of the witnesses decide, in writing, and publish the reason."
)
UNAWARDED = "Money that no project gets stays in the pot of the same ward for the next round."


class TaskPage(NamedTuple):
    """A form, what stands in it at first, and what saving it does. `save` raises BadInput for the field `at`."""

    form: type[RoundForm]
    fill: Callable[[SetUp], Mapping[str, Any]]
    save: Callable[[SetUp, Any, str], None]
    at: str


def _save_name(round_: SetUp, form: Any, actor: str) -> None:
    columns = {"name": form.name.data.strip(), "place": form.place.data.strip()}
    save_columns(round_.id, "name", columns, actor)


def _fill_dates(round_: SetUp) -> Mapping[str, Any]:
    typed = {name: str(getattr(round_, name) or "") for name in ("reminder_days", "extension_days")}
    return {"opens": round_.opens_at, "closes": round_.closes_at, **typed}


def _save_dates(round_: SetUp, form: Any, actor: str) -> None:
    opens, closes = form.opens.data, form.closes.data
    if closes <= opens:
        raise ClosesBeforeItOpens("Voting must close after it opens")
    days = _number(form.extension_days)
    if problem := allowance_problem(closes, days):
        raise ExtensionTooShort(problem)
    save_dates(round_.id, opens, closes, actor, reminder_days=_number(form.reminder_days), extension_days=days)


def _number(field: Any) -> int | None:
    """A whole number that was typed, or None where nothing was."""
    typed = (field.data or "").strip()
    return int(typed) if typed else None


class ExtensionTooShort(BadInput):
    """By the time it is decided nothing would be left of the extension; the message says how long that takes."""


class ClosesBeforeItOpens(BadInput):
    """The closing time is not later than the opening time; shown at the closing time."""


def _fill_rule(round_: SetUp) -> Mapping[str, Any]:
    pots = pots_of(round_.id)
    if not pots or "rule" not in round_.saved_tasks:
        return {"ties": "cheaper", "minimum": "0", "unawarded": round_.unawarded or UNAWARDED}
    rule = pots[0].rule
    ties, lot = ties_of_rule(rule)
    known = {"rule": name_of_rule(rule), "ties": ties, "lot": lot, "minimum": str(rule.minimum_score)}
    return {**known, "unawarded": round_.unawarded}


def _save_rule(round_: SetUp, form: Any, actor: str) -> None:
    rule = chosen_rule(form.rule.data, form.ties.data, form.lot.data or "", int(form.minimum.data))
    save_rules(round_.id, {pot.id: rule for pot in pots_of(round_.id)}, form.unawarded.data.strip(), actor)


def rules_of(round_: SetUp) -> tuple[Any, ...]:
    """The rules that can count the ballots of every pot."""
    return rules_for(frozenset(pot.ballot_type for pot in pots_of(round_.id)))


def _fill_voters(round_: SetUp) -> Mapping[str, Any]:
    return {
        "assurance": round_.assurance,
        "codes_per_address": str(round_.codes_per_address),
        "contact_point": round_.contact_point,
        "youngest_age": str(round_.youngest_age),
        "oldest_age": "" if round_.oldest_age is None else str(round_.oldest_age),
        "channels": list(round_.channels),
    }


def _save_voters(round_: SetUp, form: Any, actor: str) -> None:
    columns: dict[str, Any] = {f"channel_{name}": name in form.channels.data for name in CHANNELS}
    columns |= {"assurance": form.assurance.data, "codes_per_address": int(form.codes_per_address.data or 1)}
    columns |= {"youngest_age": _number(form.youngest_age) or 0, "oldest_age": _number(form.oldest_age)}
    columns["contact_point"] = form.contact_point.data if form.assurance.data == "open" else "none"
    save_columns(round_.id, "voters", columns, actor)


def _fill_witnesses(round_: SetUp) -> Mapping[str, Any]:
    known = enumerate(round_.witnesses[:MOST_WITNESSES], start=1)
    return {f"{part}_{number}": witness[part] for number, witness in known for part in ("role", "email")}


def _save_witnesses(round_: SetUp, form: Any, actor: str) -> None:
    save_columns(round_.id, "witnesses", {"witnesses": form.witnesses()}, actor)


def _fill_annul(round_: SetUp) -> Mapping[str, Any]:
    return {"challenge_days": str(round_.challenge_days), "annul_rule": round_.annul_rule or ANNUL_RULE}


def _save_annul(round_: SetUp, form: Any, actor: str) -> None:
    columns = {"challenge_days": int(form.challenge_days.data), "annul_rule": form.annul_rule.data.strip()}
    save_columns(round_.id, "annul", columns, actor)


def _save_publish(round_: SetUp, form: Any, actor: str) -> None:
    columns = {"publish": form.publish.data, "publish_reason": form.publish_reason.data.strip()}
    save_columns(round_.id, "publish", columns, actor)


def _save_documents(round_: SetUp, form: Any, actor: str) -> None:
    documents = {name: form[name].data.strip() for name in ("privacy", "accessibility", "dpia")}
    save_columns(round_.id, "documents", {"documents": documents}, actor)


def _fill_questions(round_: SetUp) -> Mapping[str, Any]:
    if "questions" not in round_.saved_tasks:
        return {"asked": list(STANDARD)}
    questions = plan_of(of_round(round_.id)).questions
    own = next((each for each in questions if each.name not in STANDARD), None)
    said = {"own_title": own.title, "own_answers": "\n".join(a.label for a in own.answers)} if own else {}
    return {"asked": [each.name for each in questions if each.name in STANDARD], **said}


def _save_questions(round_: SetUp, form: Any, actor: str) -> None:
    title, lines = (form.own_title.data or "").strip(), (form.own_answers.data or "").strip()
    own = [own_question(title, lines)] if title or lines else []
    wards = [pot.ward_id for pot in pots_of(round_.id) if pot.ward_id is not None]
    questions = asked(form.asked.data or [], own, groups_by_dimension(wards), round_.youngest_age)
    with saving(round_.id, "questions", actor) as (session, row):
        save_questions(session, of_round(row.id), questions)


def _fill_quorum(round_: SetUp) -> Mapping[str, Any]:
    return {"votes": str(round_.quorum_votes), "share": round_.quorum.percent.removesuffix("%")}


def _save_quorum(round_: SetUp, form: Any, actor: str) -> None:
    numbers = {"quorum_votes": whole_number(form.votes.data), "quorum_per_thousand": per_thousand(form.share.data)}
    save_columns(round_.id, "quorum", numbers, actor)


TASK_PAGES: Mapping[str, TaskPage] = {
    "name": TaskPage(NameForm, lambda round_: {"name": round_.name, "place": round_.place}, _save_name, "name"),
    "dates": TaskPage(DatesForm, _fill_dates, _save_dates, "closes"),
    "rule": TaskPage(RuleForm, _fill_rule, _save_rule, "rule"),
    "voters": TaskPage(VotersForm, _fill_voters, _save_voters, "assurance"),
    "questions": TaskPage(QuestionsForm, _fill_questions, _save_questions, "own_answers"),
    "quorum": TaskPage(QuorumForm, _fill_quorum, _save_quorum, "votes"),
    "witnesses": TaskPage(WitnessesForm, _fill_witnesses, _save_witnesses, "role_1"),
    "annul": TaskPage(AnnulForm, _fill_annul, _save_annul, "annul_rule"),
    "publish": TaskPage(
        PublishForm,
        lambda round_: {"publish": round_.publish, "publish_reason": round_.publish_reason},
        _save_publish,
        "publish",
    ),
    "documents": TaskPage(DocumentsForm, lambda round_: round_.documents, _save_documents, "privacy"),
}
