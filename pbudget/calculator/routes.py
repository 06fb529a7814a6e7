"""A resident's pages: start, a section at a time, check, send, print, save and come back. No answer is ever stored."""

from datetime import UTC, datetime

from flask import Blueprint, Response, abort, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pbudget.calculator import answering, sessions
from pbudget.calculator.answering import AnswerGone, AnswerNotAsShown, BudgetNotOpen, ReasonMissing
from pbudget.calculator.asking import may_be_asked, questions_of
from pbudget.calculator.coming_back import TooManyCodes, draft_for_code
from pbudget.calculator.forms import CodeForm
from pbudget.calculator.models import LARGEST_GROUP
from pbudget.calculator.outcome import Outcome, outcome_of
from pbudget.calculator.queries import BudgetView, DraftView, budgets, closing_changes
from pbudget.calculator.rules.balance import charge_of_band
from pbudget.calculator.rules.budget import BANDS
from pbudget.calculator.rules.numbers import rounded, say_percent, say_pounds, say_short, say_whole_pounds
from pbudget.calculator.rules.receipt import receipt_of
from pbudget.calculator.rules.results import results_rows, share_of, whole_percent
from pbudget.calculator.rules.screens import ONLINE
from pbudget.calculator.rules.sections import section_after, sections_of
from pbudget.calculator.rules.standing import CLOSED, OPEN
from pbudget.calculator.sessions import budget_here, ended_page, go_to, over_page, part_of_an_answer, resident
from pbudget.calculator.showing import answer_page, section_page
from pbudget.equality.rules.words import BUDGET
from pbudget.kit.errors import BadInput
from pbudget.kit.spreadsheets import csv_bytes
from pbudget.kit.texts import whole_number
from pbudget.publicity.queries import period_for_pages
from pbudget.rounds.queries import WardChoice, wards_to_choose
from pbudget.wards.forms import WardForm
from pbudget.wards.own_ward import ward_code_given
from pbudget.wards.queries import has_postcodes
from pbudget.web.access import public
from pbudget.web.layout import is_fragment

pages = Blueprint("calculator", __name__, url_prefix="/budgets")
pages.after_request(sessions.keep_nothing)
MOST_SHOWN = 50
for _word in (say_short, say_pounds, say_percent, say_whole_pounds, share_of, whole_percent):
    pages.add_app_template_filter(_word)


pages.app_context_processor(lambda: {"screen_here": sessions.screen_here, "answer_here": sessions.draft_id})


@pages.get("")
@public
def every_budget() -> str:
    """Every budget that residents balance or have balanced."""
    return render_template("calculator/list.html", budgets=budgets((OPEN, CLOSED), MOST_SHOWN))


@pages.get("/<slug>")
@public
def start(slug: str) -> Response:
    """What this is, until when, and the way in."""
    return _start_page(budget_here(slug))


def _start_page(budget: BudgetView, error: str = "") -> Response:
    if budget.standing != OPEN:
        return over_page(budget)
    held = sessions.draft_here(budget)
    more = {"held": held, "closing": closing_changes(budget), "error": error}
    page = render_template("calculator/start.html", budget=budget, most=LARGEST_GROUP, given=request.form, **more)
    return make_response(page, 422 if error else 200)


@pages.post("/<slug>/begin")
@public
def begin(slug: str) -> ResponseReturnValue:
    """Make an answer in which nothing is changed yet: of one person, or of a group at one table."""
    budget = budget_here(slug)
    size = None
    if request.form.get("who") == "group":
        size = whole_number(request.form.get("size", "")) or 0
        if not 2 <= size <= LARGEST_GROUP:
            return _start_page(budget, f"Enter how many people are at the table, from 2 to {LARGEST_GROUP}")
    if budget.standing != OPEN:
        return over_page(budget)
    screen = sessions.screen_here(budget)
    channel = screen.channel if screen else ONLINE
    sessions.remember_draft(answering.begin_answer(slug, channel=channel, group_size=size))
    held = sessions.draft_here(budget)
    return go_to(
        url_for("calculator.section", slug=slug, key=sections_of(budget.content, held.seed if held else "")[0].key)
    )


@pages.get("/<slug>/parts/<key>")
@resident
def section(budget: BudgetView, held: DraftView, key: str) -> Response:
    """One section: its lines with their steps, and where the balance stands; `all` is everything on one page."""
    return section_page(budget, held, key) or abort(404)


@pages.post("/<slug>/parts/<key>")
@part_of_an_answer
def choose(slug: str, key: str) -> ResponseReturnValue:
    """Keep what was chosen and typed; what cannot be used is refused and the rest kept."""
    version = whole_number(request.form.get("version", ""))
    changed = answering.change_answer(slug, sessions.draft_id(), request.form.to_dict(flat=False), version)
    if is_fragment() or changed.problems or "continue" not in request.form:
        return section_page(changed.budget, changed.draft, key, changed) or abort(404)
    following = section_after(sections_of(changed.budget.content, changed.draft.seed), key) if key != "all" else None
    if following:
        return go_to(url_for("calculator.section", slug=slug, key=following.key))
    return go_to(url_for("calculator.check", slug=slug))


@pages.get("/<slug>/receipt")
@public
def receipt(slug: str) -> str:
    """What does my council tax buy? One day's council tax of a band, by group of services."""
    budget = budget_here(slug)
    if not budget.content.has_tax:
        abort(404)
    band = request.args.get("band", "D")
    chosen = band if band in BANDS else "D"
    year = rounded(charge_of_band(budget.content, chosen))
    return render_template(
        "calculator/receipt.html", budget=budget, receipt=receipt_of(budget.content, chosen), year=year, bands=BANDS
    )


@pages.get("/<slug>/results")
@public
def results(slug: str) -> Response:
    """What people chose, once it has closed; `?ward=` or `?channel=` is one of them, where that may be shown."""
    budget = budget_here(slug)
    found = _results(budget)
    if found is None:
        return make_response(render_template("calculator/held-back.html", budget=budget))
    asked_about = bool(questions_of(budget).guard_key)
    return make_response(
        render_template("calculator/results.html", budget=budget, outcome=found, asked_about=asked_about)
    )


@pages.get("/<slug>/results/<key>")
@public
def results_part(slug: str, key: str) -> str:
    """What people chose in one section, line by line; `all` is everything on one page, to print."""
    budget = budget_here(slug)
    found = _results(budget) or abort(404)
    shown = found.by_section(key)
    if not shown or not found.parts:
        abort(404)
    return render_template("calculator/results-part.html", budget=budget, outcome=found, shown=shown, key=key)


def _results(budget: BudgetView) -> Outcome | None:
    """The results that were asked for; None before the close and while publicity is held back."""
    if budget.standing != CLOSED or period_for_pages():
        return None
    return outcome_of(budget, request.args.get("ward", ""), request.args.get("channel", "")) or abort(404)


@pages.get("/<slug>/results.csv")
@public
def results_file(slug: str) -> Response:
    """The table of results as a file."""
    budget = budget_here(slug)
    found = outcome_of(budget) if budget.standing == CLOSED and not period_for_pages() else None
    if found is None or not found.parts:
        abort(404)
    named = {"Content-Disposition": f'attachment; filename="{budget.slug}-results.csv"'}
    content = csv_bytes([*results_rows(found.parts), ["Self-selected responses, not a survey"]])
    return Response(content, content_type="text/csv; charset=utf-8", headers=named)


@pages.get("/<slug>/where-you-live")
@resident
def where(budget: BudgetView, held: DraftView) -> Response:
    """Ask for the ward; it can be left out."""
    wards = wards_to_choose()
    return _where_page(budget, WardForm(), wards, _code_of(held.ward_id, wards))


def _code_of(ward_id: int | None, wards: list[WardChoice]) -> str:
    return next((ward.code for ward in wards if ward.id == ward_id), "")


@pages.post("/<slug>/where-you-live")
@resident
def keep_ward(budget: BudgetView, held: DraftView) -> ResponseReturnValue:
    """Keep the ward, or that there is none; a postcode is looked up and forgotten."""
    form, wards = WardForm(), {ward.code: ward for ward in wards_to_choose()}
    ward_id = None
    if "skip" not in request.form:
        chosen = request.form.get("ward", "")
        try:
            code = ward_code_given(form.postcode.data or "", chosen, wards, "is in a ward we do not know")
        except BadInput as error:
            form.postcode.errors = [str(error)]
            return _where_page(budget, form, list(wards.values()), chosen)
        ward_id = wards[code].id
    answering.set_ward(budget.slug, held.id, ward_id)
    return go_to(url_for("calculator.check", slug=budget.slug))


def _where_page(budget: BudgetView, form: WardForm, wards: list[WardChoice], chosen: str) -> Response:
    page = render_template(
        "calculator/where.html", budget=budget, form=form, wards=wards, chosen_ward=chosen, postcodes=has_postcodes()
    )
    return make_response(page, 422 if form.postcode.errors else 200)


@pages.get("/<slug>/check")
@resident
def check(budget: BudgetView, held: DraftView) -> Response:
    """Your budget on one page, before it is sent."""
    return _check_page(budget, held)


def _check_page(budget: BudgetView, held: DraftView, error: str = "", *, changed: bool = False) -> Response:
    ward = next((ward.name for ward in wards_to_choose() if ward.id == held.ward_id), "")
    status = 422 if error else 409 if changed else 200
    more = {"ward": ward, "error": error, "was_changed": changed, "given": request.form}
    return answer_page(budget, held, "calculator/check.html", status, **more)


@pages.post("/<slug>/check")
@resident
def send(budget: BudgetView, held: DraftView) -> ResponseReturnValue:
    """Send the answer as the page showed it."""
    form = request.form
    try:
        answering.send_answer(
            budget.slug, held.id, form.get("token", ""), form.get("reason", ""), unbalanced="unbalanced" in form
        )
    except AnswerNotAsShown:
        return _check_page(budget, held, changed=True)
    except (ReasonMissing, BadInput) as error:
        return _check_page(budget, held, str(error))
    return go_to(url_for("calculator.sent", slug=budget.slug))


@pages.get("/<slug>/sent")
@resident
def sent(budget: BudgetView, held: DraftView) -> Response:
    """It is sent; until when it can be changed, and what happens next."""
    plan = questions_of(budget)
    asks = plan.takes_answers and bool(plan.questions) and may_be_asked(held)
    answered = session.get(sessions.ANSWERED) == held.id
    shown = plan if asks else None
    return answer_page(budget, held, "calculator/sent.html", plan=shown, answered=answered, words=BUDGET)


@pages.get("/<slug>/summary")
@resident
def summary(budget: BudgetView, held: DraftView) -> Response:
    """One's own budget to print and show around: nothing on it says whose it is."""
    return answer_page(budget, held, "calculator/summary.html", now=datetime.now(UTC))


@pages.post("/<slug>/save")
@resident
def save(budget: BudgetView, held: DraftView) -> ResponseReturnValue:
    """Make a code to come back with."""
    session[sessions.CODE] = answering.save_for_later(budget.slug, held.id, sessions.settings().secret_key)
    return go_to(url_for("calculator.saved", slug=budget.slug))


@pages.get("/<slug>/saved")
@resident
def saved(budget: BudgetView, held: DraftView) -> str:
    """The code, which this browser alone can show."""
    return render_template(
        "calculator/saved.html", budget=budget, held=held, return_code=session.get(sessions.CODE, "")
    )


@pages.get("/<slug>/come-back")
@public
def come_back(slug: str) -> Response:
    """Ask for the code."""
    budget = budget_here(slug)
    return _come_back_page(budget, CodeForm()) if budget.standing == OPEN else over_page(budget)


@pages.post("/<slug>/come-back")
@public
def open_saved(slug: str) -> ResponseReturnValue:
    """Open the answer that was saved under this code."""
    budget, form = budget_here(slug), CodeForm()
    if budget.standing != OPEN:
        return over_page(budget)
    try:
        found = draft_for_code(budget.id, form.code.data or "", request.remote_addr)
    except TooManyCodes as error:
        form.code.errors = [str(error)]
        return _come_back_page(budget, form, 429)
    except BadInput as error:
        form.code.errors = [str(error)]
        return _come_back_page(budget, form, 422)
    sessions.remember_draft(found)
    return go_to(url_for("calculator.check", slug=slug))


def _come_back_page(budget: BudgetView, form: CodeForm, status: int = 200) -> Response:
    return make_response(render_template("calculator/come-back.html", budget=budget, form=form), status)


@pages.post("/<slug>/leave")
@part_of_an_answer
def leave(slug: str) -> ResponseReturnValue:
    """This browser forgets the answer; what was sent, and what was saved under a code, stays."""
    sessions.forget_draft()
    return go_to(url_for("calculator.ended", slug=budget_here(slug).slug))


@pages.get("/<slug>/ended")
@part_of_an_answer
def ended(slug: str) -> Response:
    """No answer is open on this screen."""
    return ended_page(budget_here(slug), 200)


@pages.errorhandler(AnswerGone)
def answer_is_gone(_error: AnswerGone) -> Response:
    """The draft was cleared away, or this browser never had one."""
    return ended_page(budget_here((request.view_args or {})["slug"]))


@pages.errorhandler(BudgetNotOpen)
def budget_is_over(_error: BudgetNotOpen) -> Response:
    """Too late: nothing was sent, and the page says so."""
    return over_page(budget_here((request.view_args or {})["slug"]))
