"""Officers' pages: load from a file with a dry run, correct words, open, close, copy to a new year, read comments."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pbudget.accounts.queries import labels
from pbudget.calculator.actions import (
    change_closing_time,
    change_words,
    close_budget,
    load_budget,
    open_budget,
    problems_to_open,
)
from pbudget.calculator.forms import SheetForm, TableForm
from pbudget.calculator.outcome import what_people_said
from pbudget.calculator.queries import BudgetView, budget_by_slug, budgets, responses_so_far, versions_of
from pbudget.calculator.rules.balance import Choices
from pbudget.calculator.rules.budget import Budget
from pbudget.calculator.rules.cells import moment
from pbudget.calculator.rules.choices import Part, parts_of
from pbudget.calculator.rules.editing import WordsNotUsable, inflated, with_words
from pbudget.calculator.rules.numbers import read_percent
from pbudget.calculator.rules.sheet import LARGEST_FILE, BudgetNotUsable, read_budget
from pbudget.calculator.rules.sheet_written import rows_of
from pbudget.calculator.rules.standing import CLOSED, OPEN, parts_not_signed_off
from pbudget.calculator.rules.words import facts_of, words_of
from pbudget.kit.errors import BadInput
from pbudget.kit.spreadsheets import csv_bytes
from pbudget.kit.texts import tidy, whole_number
from pbudget.wards.rules.tables import decode
from pbudget.web.access import current_staff, roles, signed_in_staff

pages = Blueprint("staff_budgets", __name__, url_prefix="/staff/budgets")
LONG_ENDPOINTS = ("staff_budgets.check_file", "staff_budgets.add_file")
MOST_PROBLEMS = 50


@pages.url_value_preprocessor
def allow_long_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let an officer, and nobody else, send a file longer than any other form may be."""
    if endpoint in LONG_ENDPOINTS and request.method == "POST":
        staff = current_staff()
        if staff and "officer" in staff.roles:
            request.max_content_length = request.max_form_memory_size = 2 * LARGEST_FILE


@pages.get("")
@roles("officer", "auditor")
def every_budget() -> str:
    """Every budget, and the way to load one."""
    return render_template("calculator/staff/list.html", budgets=budgets())


@pages.get("/file")
@roles("officer")
def file() -> str:
    """Choose a file."""
    return render_template("calculator/staff/file.html", form=SheetForm(), problems=[], most=MOST_PROBLEMS)


@pages.post("/file")
@roles("officer")
def check_file() -> ResponseReturnValue:
    """A dry run: the budget as it would be loaded, or every problem by row. Nothing is loaded."""
    form, problems = SheetForm(), list[str]()
    if form.validate_on_submit():
        content = form.file.data.read()
        try:
            return _preview(read_budget(content), decode(content, "a CSV file")[0])
        except BudgetNotUsable as error:
            problems = list(error.problems)
            form.file.errors = [str(error).rstrip(".")]
        except BadInput as error:
            form.file.errors = [str(error).rstrip(".")]
    return render_template("calculator/staff/file.html", form=form, problems=problems, most=MOST_PROBLEMS), 422


def _preview(budget: Budget, text: str) -> str:
    form = TableForm(formdata=None, data={"table": text})
    return render_template(
        "calculator/staff/preview.html",
        budget=budget,
        form=form,
        facts=_facts(budget),
        waiting=parts_not_signed_off(budget),
    )


def _facts(budget: Budget) -> dict[str, str]:
    return {key: facts_of(budget, part) for key, part in parts_of(budget).items()}


@pages.post("/file/add")
@roles("officer")
def add_file() -> ResponseReturnValue:
    """Load the file that was checked, which is read once more."""
    form = TableForm()
    if not form.validate_on_submit():
        abort(400)
    name = load_budget(read_budget((form.table.data or "").encode()), signed_in_staff().id)
    return redirect(url_for("staff_budgets.one_budget", slug=name), 303)


@pages.get("/<slug>")
@roles("officer", "auditor")
def one_budget(slug: str) -> Response:
    """Where a budget stands and what can be done; before the close, of the answers only how many there are."""
    return _budget_page(_budget(slug))


def _budget_page(budget: BudgetView, error: str = "") -> Response:
    content = budget.content
    page = render_template(
        "calculator/staff/budget.html",
        budget=budget,
        error=error,
        facts=_facts(content),
        waiting=set(parts_not_signed_off(content)),
        problems=problems_to_open(budget, budget.read_at) if budget.standing == "set-up" else [],
        answers=responses_so_far(budget.id),
        versions=versions_of(budget.id),
        labels=labels(),
        officer="officer" in signed_in_staff().roles,
    )
    return make_response(page, 422 if error else 200)


@pages.post("/<slug>/open")
@roles("officer")
def open_(slug: str) -> ResponseReturnValue:
    """Let residents answer."""
    try:
        open_budget(_budget(slug).slug, signed_in_staff().id)
    except BadInput as error:
        return _budget_page(_budget(slug), str(error))
    return redirect(url_for("staff_budgets.one_budget", slug=slug), 303)


@pages.get("/<slug>/closing-time")
@roles("officer")
def closing_time(slug: str) -> Response:
    """When it closes."""
    return _closing_page(_budget(slug))


def _closing_page(budget: BudgetView, error: str = "") -> Response:
    page = render_template("calculator/staff/closing-time.html", budget=budget, error=error, given=request.form)
    return make_response(page, 422 if error else 200)


@pages.post("/<slug>/closing-time")
@roles("officer")
def save_closing_time(slug: str) -> ResponseReturnValue:
    """Settle it; once the budget is open, change it with a reason that residents read."""
    budget, form, actor = _budget(slug), request.form, signed_in_staff().id
    try:
        closes = moment({"value": form.get("closes", "").strip()[:40]}, "value")
        if not closes or budget.standing == CLOSED:
            raise BadInput("Enter when it closes, for example 14/03/2027 17:00. Once it has closed it stays as it is")
        if budget.standing == OPEN:
            change_closing_time(slug, closes, whole_number(form.get("version", "")) or 0, form.get("reason", ""), actor)
        else:
            change_words(slug, replace(budget.content, closes=closes), budget.version, actor, "When it closes")
    except BadInput as error:
        return _closing_page(budget, str(error).replace("the value", "this").rstrip("."))
    return redirect(url_for("staff_budgets.one_budget", slug=slug), 303)


@pages.get("/<slug>/close")
@roles("officer")
def ask_to_close(slug: str) -> str:
    """What closing early means."""
    return render_template("calculator/staff/close.html", budget=_budget(slug))


@pages.post("/<slug>/close")
@roles("officer")
def close(slug: str) -> ResponseReturnValue:
    """End it now."""
    close_budget(_budget(slug).slug, signed_in_staff().id)
    return redirect(url_for("staff_budgets.one_budget", slug=slug), 303)


@pages.get("/<slug>/words/<key>")
@roles("officer")
def words(slug: str, key: str) -> Response:
    """The words of one line, and who answers for them."""
    budget = _budget(slug)
    part = _part(budget, key)
    typed = {"floor_reason": part.floor_reason}
    for place, step in enumerate(part.steps):
        named = ("lost", "gained", "signed_off_by_role", "signed_off_on")
        typed |= {f"{name}.{place}": getattr(step, name) for name in named}
    return _words_page(budget, part, key, typed, {})


@pages.post("/<slug>/words/<key>")
@roles("officer")
def save_words(slug: str, key: str) -> ResponseReturnValue:
    """Keep them as the next version of the budget; or only show what residents would read."""
    budget = _budget(slug)
    part, typed = _part(budget, key), request.form.to_dict()
    try:
        changed = with_words(budget.content, key, typed)
        if "preview" in request.args:
            return _words_page(budget, part, key, typed, {}, changed)
        number = whole_number(request.form.get("version", "")) or 0
        change_words(slug, changed, number, signed_in_staff().id, f"Words of {part.name}")
    except WordsNotUsable as error:
        return _words_page(budget, part, key, typed, dict(error.problems))
    except BadInput as error:
        return _words_page(budget, part, key, typed, {"floor_reason": str(error).rstrip(".")})
    return redirect(url_for("staff_budgets.one_budget", slug=slug) + f"#part-{key}", 303)


def _words_page(
    budget: BudgetView,
    part: Part,
    key: str,
    typed: dict[str, str],
    problems: dict[str, str],
    changed: Budget | None = None,
) -> Response:
    page = render_template(
        "calculator/staff/words.html",
        budget=budget,
        part=part,
        key=key,
        typed=typed,
        problems=problems,
        is_changed=changed is not None,
        read=words_of(changed or budget.content, Choices(), {}, "", key),
    )
    return make_response(page, 422 if problems else 200)


@pages.get("/<slug>/copy")
@roles("officer")
def copy(slug: str) -> Response:
    """Start a new year from this one."""
    return _copy_page(_budget(slug))


def _copy_page(budget: BudgetView, error: str = "") -> Response:
    page = render_template("calculator/staff/copy.html", budget=budget, error=error, given=request.form)
    return make_response(page, 422 if error else 200)


@pages.post("/<slug>/copy")
@roles("officer")
def make_copy(slug: str) -> ResponseReturnValue:
    """Make it: amounts grown by inflation, words to be signed off anew."""
    budget = _budget(slug)
    title, year = (tidy(request.form.get(name, "")[:200]) or "" for name in ("title", "year"))
    try:
        rate = read_percent(request.form.get("rate", "") or "0")
        if not title or not year or title.casefold() == budget.title.casefold():
            raise BadInput("Enter a title of its own and the year")
        name = load_budget(inflated(budget.content, title, year, rate), signed_in_staff().id, note=f"Copy of {slug}")
    except BadInput as error:
        return _copy_page(budget, str(error).rstrip("."))
    return redirect(url_for("staff_budgets.one_budget", slug=name), 303)


@pages.get("/<slug>/budget.csv")
@roles("officer", "auditor")
def budget_file(slug: str) -> Response:
    """The budget as a file, to be changed in a spreadsheet and loaded again."""
    named = {"Content-Disposition": f'attachment; filename="{slug}.csv"'}
    content = csv_bytes(rows_of(_budget(slug).content))
    return Response(content, content_type="text/csv; charset=utf-8", headers=named)


@pages.get("/<slug>/comments")
@roles("officer", "auditor")
def comments(slug: str) -> str:
    """What people wrote, once the budget has closed."""
    budget = _budget(slug)
    return render_template("calculator/staff/comments.html", budget=budget, said=what_people_said(budget))


def _budget(slug: str) -> BudgetView:
    return budget_by_slug(slug) or abort(404)


def _part(budget: BudgetView, key: str) -> Part:
    return parts_of(budget.content).get(key) or abort(404)
