"""The pages of a ballot: start, code or ward, how to vote, one page a contest, check, recorded. None is ever stored."""

from flask import Blueprint, Response, abort, make_response, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from pbudget.ballots import actions, sessions
from pbudget.ballots.actions import (
    BallotNotReady,
    BlankNotMeant,
    ChoicesNotAsShown,
)
from pbudget.ballots.casting import cast_ballot
from pbudget.ballots.choosing import (
    choices_in,
    contest_page,
    problems_of_press,
    problems_to_go_on,
    read_press,
)
from pbudget.ballots.forms import CodeForm, ReferenceForm
from pbudget.ballots.own_ward import ward_given
from pbudget.ballots.queries import DraftView, VotingRound, paper_for, ward_of_id, wards_of_round
from pbudget.ballots.rules import words
from pbudget.ballots.rules.paper import Contest, Paper
from pbudget.ballots.rules.payload import is_blank_ballot, problems_of_ballot
from pbudget.ballots.rules.reference import standing_of_reference
from pbudget.ballots.sessions import (
    ended_page,
    go_to,
    page_of_standing,
    part_of_a_session,
    round_to_vote_in,
    settings,
    start_page,
    voter,
    why_no_tracker,
)
from pbudget.ballots.troubles import handle_troubles
from pbudget.equality.queries import plan_of
from pbudget.equality.rules.consultations import of_round
from pbudget.equality.rules.words import VOTE
from pbudget.kit.errors import BadInput
from pbudget.ledger.queries import checkpoints_of, entry_by_tracker
from pbudget.ledger.rules import parse_tracker
from pbudget.roll.identify import TooManyTries, identify
from pbudget.wards.forms import WardForm
from pbudget.wards.queries import has_postcodes
from pbudget.web.access import public
from pbudget.web.layout import is_fragment

pages = Blueprint("ballots", __name__, url_prefix="/rounds/<slug>")
for _name in ("task_of", "how_it_works", "chosen_lines", "left_in_words", "say_points", "money_of"):
    pages.add_app_template_filter(getattr(words, _name))

handle_troubles(pages)


@pages.get("/vote")
@public
def start(slug: str) -> Response:
    """What this vote is, who may take part, until when, and the way in; or why one cannot vote now."""
    round_ = round_to_vote_in(slug)
    return start_page(round_, unfinished=sessions.draft_here(round_))


@pages.get("/vote/begin")
@public
def begin(slug: str) -> Response:
    """Ask for the code of the letter, or for the ward where a round goes without letters."""
    round_ = round_to_vote_in(slug)
    if round_.standing != "open":
        return page_of_standing(round_)
    if round_.by_contact and round_.can_begin_here:
        return go_to(url_for("links.ask", slug=slug))
    return _begin_page(round_, CodeForm() if round_.assurance == "code" else WardForm())


@pages.post("/vote/begin")
@public
def begin_ballot(slug: str) -> ResponseReturnValue:
    """Make a blank ballot for whoever the code or the browser stands for."""
    round_ = round_to_vote_in(slug)
    if round_.standing != "open":
        return page_of_standing(round_, 409)
    if not round_.can_begin_here:
        return _begin_page(round_, CodeForm(), 403)
    if round_.by_contact:
        return go_to(url_for("links.ask", slug=slug))
    return _begin_by_ward(round_) if round_.assurance == "open" else _begin_by_code(round_)


def _begin_by_code(round_: VotingRound) -> Response:
    form = CodeForm()
    try:
        entry = identify(round_.id, form.code.data or "", request.remote_addr)
    except TooManyTries as error:
        form.code.errors = [str(error)]
        return _begin_page(round_, form, 429)
    except BadInput as error:
        form.code.errors = [str(error)]
        return _begin_page(round_, form, 422)
    _start(round_, f"roll:{entry.id}", entry.ward_id, entry.stops)
    return go_to(url_for("ballots.your_ward", slug=round_.slug))


def _begin_by_ward(round_: VotingRound) -> Response:
    form, wards = WardForm(), wards_of_round(round_.id)
    try:
        ward = ward_given(form, wards)
    except BadInput as error:
        form.postcode.errors = [str(error)]
        return _begin_page(round_, form, 422)
    bits = sessions.browser_bits(round_)
    _start(round_, f"browser:{bits}", ward.id)
    return sessions.keep_browser_bits(go_to(url_for("ballots.how_to_vote", slug=round_.slug)), round_, bits)


def _start(round_: VotingRound, entry: str, ward_id: int, stops: int = 0) -> None:
    slot = actions.slot_for(settings().keys_folder, round_, entry)
    earlier = sessions.draft_id()
    sessions.remember_draft(
        actions.start_draft(round_.id, slot, ward_id, assurance=round_.assurance, instead_of=earlier, stops=stops)
    )


def _begin_page(round_: VotingRound, form: CodeForm | WardForm, status: int = 200) -> Response:
    by_ward = round_.assurance == "open"
    page = render_template(
        "ballots/begin.html",
        round=round_,
        form=form,
        wards=wards_of_round(round_.id) if by_ward else [],
        postcodes=by_ward and has_postcodes(),
        chosen_ward=request.form.get("ward", ""),
    )
    return make_response(page, status)


@pages.get("/vote/your-ward")
@voter
def your_ward(round_: VotingRound, held: DraftView) -> str:
    """Is this the ward you live in?"""
    return render_template("ballots/your-ward.html", round=round_, ward=ward_of_id(held.ward_id))


@pages.post("/vote/your-ward")
@voter
def confirm_ward(round_: VotingRound, held: DraftView) -> ResponseReturnValue:
    """Yes goes on; no leads to help."""
    answer = request.form.get("own", "")
    if answer == "yes":
        return go_to(url_for("ballots.how_to_vote", slug=round_.slug))
    if answer == "no":
        return go_to(url_for("ballots.wrong_ward", slug=round_.slug))
    ward = ward_of_id(held.ward_id)
    return render_template("ballots/your-ward.html", round=round_, ward=ward, missing=True), 422


@pages.get("/vote/wrong-ward")
@voter
def wrong_ward(round_: VotingRound, held: DraftView) -> str:
    """What to do when a letter names the wrong ward."""
    return render_template("ballots/wrong-ward.html", round=round_, ward=ward_of_id(held.ward_id))


@pages.get("/vote/how-to-vote")
@voter
def how_to_vote(round_: VotingRound, held: DraftView) -> str:
    """The whole thing on one screen, before the first choice."""
    paper = _paper(held)
    return render_template("ballots/how-to-vote.html", round=round_, paper=paper, ward=ward_of_id(held.ward_id))


@pages.get("/vote/projects/<pot>")
@voter
def contest(round_: VotingRound, held: DraftView, pot: str) -> Response:
    """The projects of one contest, to choose from."""
    paper, contest = _contest(held, pot)
    return contest_page(round_, held, paper, contest)


@pages.post("/vote/projects/<pot>")
@voter
def choose(round_: VotingRound, held: DraftView, pot: str) -> Response:
    """Do one press on the page of a contest, or go on from it when the ballot allows."""
    paper, contest = _contest(held, pot)
    press = read_press(request.form, contest)
    held = actions.change_draft(held.id, contest, press.change, press.typed)
    problems = problems_to_go_on(held, contest, press) if press.goes_on else problems_of_press(contest, press)
    if problems or (press.change and is_fragment()):
        return contest_page(round_, held, paper, contest, problems=problems, press=press)
    if press.goes_on:
        return go_to(_address_after(round_, paper, contest))
    here = url_for("ballots.contest", slug=round_.slug, pot=pot, change=request.args.get("change"))
    return go_to(here + (f"#p{_number(contest, press.change.reference)}" if press.change else ""))


def _address_after(round_: VotingRound, paper: Paper, contest: Contest) -> str:
    following = paper.after(contest.slug)
    if following is None or request.args.get("change"):
        return url_for("ballots.check", slug=round_.slug)
    return url_for("ballots.contest", slug=round_.slug, pot=following.slug)


def _number(contest: Contest, reference: str) -> int:
    return [option.reference for option in contest.options].index(reference) + 1


def _paper(held: DraftView) -> Paper:
    return paper_for(held.round_id, held.ward_id)


def _contest(held: DraftView, pot: str) -> tuple[Paper, Contest]:
    paper = _paper(held)
    return paper, paper.contest(pot) or abort(404)


@pages.get("/vote/check")
@voter
def check(round_: VotingRound, held: DraftView) -> Response:
    """Everything that was chosen, and the button that casts it."""
    return _check_page(round_, held)


@pages.post("/vote/check")
@part_of_a_session
def cast(slug: str) -> ResponseReturnValue:
    """Cast the ballot that the page showed, once, however often the button is pressed."""
    token, blank = request.form.get("token", ""), bool(request.form.get("blank"))
    try:
        said = {"blank_is_meant": blank, "helped": bool(request.form.get("helped"))}
        cast_ballot(settings().keys_folder, slug, sessions.draft_id(), token, **said)
    except BlankNotMeant:
        return _checked_again(slug, "blank", 422)
    except ChoicesNotAsShown:
        return _checked_again(slug, "changed", 409)
    except BallotNotReady:
        return _checked_again(slug, "problems", 409)
    return go_to(url_for("ballots.recorded", slug=slug))


def _checked_again(slug: str, note: str, status: int) -> Response:
    round_ = round_to_vote_in(slug)
    held = sessions.draft_here(round_)
    return _check_page(round_, held, note=note, status=status) if held else ended_page(round_)


def _check_page(round_: VotingRound, held: DraftView, note: str = "", status: int = 200) -> Response:
    paper = _paper(held)
    page = render_template(
        "ballots/check.html",
        round=round_,
        held=held,
        ward=ward_of_id(held.ward_id),
        answers=[(contest, choices_in(held, contest)) for contest in paper.contests],
        blank=is_blank_ballot(paper, held.choices),
        helped=bool(request.form.get("helped")),
        problems=problems_of_ballot(paper, held.choices),
        note=note,
    )
    return make_response(page, status)


@pages.get("/vote/recorded")
@part_of_a_session
def recorded(slug: str) -> Response:
    """The tracker of the ballot that this browser cast, and what happens next."""
    round_ = round_to_vote_in(slug)
    cast = sessions.cast_here(round_)
    if cast is None:
        return ended_page(round_)
    answered = session.get(sessions.ANSWERED) == sessions.draft_id()
    page = render_template(
        "ballots/recorded.html",
        round=round_,
        tracker=cast.tracker,
        plan=plan_of(of_round(round_.id)),
        answered=answered,
        words=VOTE,
    )
    return make_response(page)


@pages.post("/vote/end")
@part_of_a_session
def end(slug: str) -> Response:
    """Clear this browser's ballot away, cast or not."""
    round_to_vote_in(slug)
    actions.end_draft(sessions.draft_id())
    sessions.forget_draft()
    return go_to(url_for("ballots.ended", slug=slug))


@pages.get("/vote/ended")
@part_of_a_session
def ended(slug: str) -> Response:
    """The neutral page after a session."""
    return ended_page(round_to_vote_in(slug), 200)


@pages.get("/check-reference")
@public
def check_reference(slug: str) -> Response:
    """Ask for the reference that a voter kept."""
    return _reference_page(round_to_vote_in(slug), ReferenceForm())


@pages.post("/check-reference")
@public
def find_reference(slug: str) -> Response:
    """Say whether a ballot with this reference is recorded, and in which published list; never when, never what."""
    round_, form = round_to_vote_in(slug), ReferenceForm()
    tracker = parse_tracker((form.reference.data or "")[:100])
    if tracker is None:
        form.reference.errors = [why_no_tracker(form.reference.data or "")]
        return _reference_page(round_, form, 422)
    entry = entry_by_tracker(round_.id, tracker)
    found = standing_of_reference(entry.seq if entry else None, checkpoints_of(round_.id))
    return _reference_page(round_, form, tracker=tracker, found=found)


def _reference_page(round_: VotingRound, form: ReferenceForm, status: int = 200, **found: object) -> Response:
    asked = plan_of(of_round(round_.id)).takes_answers
    page = render_template("ballots/check-reference.html", round=round_, form=form, asked=asked, **found)
    return make_response(page, status)
