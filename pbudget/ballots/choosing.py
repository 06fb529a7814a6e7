"""The page of one contest: what was pressed and typed on it, and how it is shown again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, make_response, render_template
from werkzeug.datastructures import MultiDict

from pbudget.ballots.queries import DraftView, VotingRound, ward_of_id
from pbudget.ballots.rules.choices import (
    ACTS,
    Change,
    Problem,
    blank,
    check_choices,
    problem_of_change,
    problem_of_points,
)
from pbudget.ballots.rules.lines import in_rank_order, is_crowded, lines_of
from pbudget.ballots.rules.paper import Choices, Contest, Paper
from pbudget.ballots.rules.words import total_of
from pbudget.web.layout import is_fragment

BOX = "points."


@dataclass(frozen=True)
class Press:
    """What a voter sent from the page of a contest: a button, perhaps, and the boxes of points as typed."""

    change: Change | None
    typed: Mapping[str, str]
    goes_on: bool


def read_press(form: MultiDict[str, str], contest: Contest) -> Press:
    """Read a press; never trusts a word of it."""
    change = next((Change(act, form[act]) for act in ACTS if act in form), None)
    boxes = form.items() if contest.ballot_type == "points" else ()
    typed = {name.removeprefix(BOX): text for name, text in boxes if name.startswith(BOX)}
    return Press(change, typed, "continue" in form)


def problems_of_press(contest: Contest, press: Press) -> list[Problem]:
    """What of a press cannot be done."""
    found = [problem_of_points(contest, reference, text) for reference, text in press.typed.items()]
    found.append(problem_of_change(contest, press.change) if press.change else None)
    return [problem for problem in found if problem]


def choices_in(held: DraftView, contest: Contest) -> Choices:
    """What the draft has chosen in this contest."""
    return held.choices.get(contest.slug, blank(contest.ballot_type))


def contest_page(
    round_: VotingRound,
    held: DraftView,
    paper: Paper,
    contest: Contest,
    *,
    problems: Sequence[Problem] = (),
    press: Press | None = None,
) -> Response:
    """The page of a contest, or only what a press changed on it when htmx asked. 422 when there are problems."""
    choices = choices_in(held, contest)
    wrong = {problem.reference for problem in problems}
    typed = {reference: text for reference, text in (press.typed if press else {}).items() if reference in wrong}
    lines = lines_of(contest, choices, held.seed, typed, problems)
    pressed = press.change.reference if press and press.change else None
    page = render_template(
        "ballots/_changed.html" if is_fragment() else "ballots/contest.html",
        round=round_,
        ward=None if is_fragment() else ward_of_id(held.ward_id),
        paper=paper,
        contest=contest,
        lines=lines,
        ranked=in_rank_order(lines),
        crowded=is_crowded(contest, choices),
        pressed=pressed,
        act=press.change.act if press and press.change else "",
        total=total_of(contest, choices),
        problems=problems,
    )
    return make_response(page, 422 if problems else 200)


def problems_to_go_on(held: DraftView, contest: Contest, press: Press) -> list[Problem]:
    """What keeps a voter on this page: boxes that were not understood, then what the ballot may not say."""
    return problems_of_press(contest, press) or check_choices(contest, choices_in(held, contest))
