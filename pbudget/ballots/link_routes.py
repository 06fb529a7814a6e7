"""Voting by a link to one's e-mail address: ask for it, read that it is on its way, use it on any device.

Looking at the link's page changes nothing, so a program that opens every link in an e-mail uses none of them up: a
ballot begins by the button. The code stands behind the # of the address and in the e-mail's text, to be typed.
"""

from flask import Blueprint, Response, abort, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pbudget.ballots import sessions
from pbudget.ballots.asking import TooManyLinks, ask_limits
from pbudget.ballots.forms import ContactForm, LinkForm
from pbudget.ballots.links import LinkNotRecognised, LinkUsed, ask_for_link, slot_of_link, use_link
from pbudget.ballots.own_ward import ward_given
from pbudget.ballots.queries import VotingRound, wards_of_round
from pbudget.ballots.sessions import go_to, page_of_standing, round_to_vote_in, settings
from pbudget.ballots.troubles import handle_troubles
from pbudget.kit.errors import BadInput
from pbudget.kit.networks import network_of
from pbudget.outbox.rules import AddressNotUsable
from pbudget.roll.identify import TooManyTries, clock, try_limits
from pbudget.roll.rules.codes import Code, parse_code
from pbudget.roll.rules.limits import say_wait
from pbudget.wards.queries import has_postcodes
from pbudget.web.access import public

pages = Blueprint("links", __name__, url_prefix="/rounds/<slug>/vote")
handle_troubles(pages)


@pages.get("/email")
@public
def ask(slug: str) -> Response:
    """Ask where to send a link."""
    round_ = _round(slug)
    return _ask_page(round_, ContactForm()) if round_.standing == "open" else page_of_standing(round_)


@pages.post("/email")
@public
def send(slug: str) -> ResponseReturnValue:
    """Send a link. The answer is the same for every address, whether or not it has voted."""
    round_, form = _round(slug), ContactForm()
    if round_.standing != "open":
        return page_of_standing(round_, 409)
    typed = (form.email.data or "").strip()
    try:
        _send(round_, typed)
    except TooManyLinks as error:
        return _ask_page(round_, _refused(form, "email", error), 429)
    except AddressNotUsable:
        form.email.errors = ["Enter an e-mail address in the correct format, like name@example.org"]
        return _ask_page(round_, form, 422)
    return make_response(render_template("ballots/link-sent.html", round=round_, address=typed))


def _send(round_: VotingRound, typed: str) -> None:
    limits = ask_limits()
    limits.note_request(request.remote_addr)
    there = settings().public_url + url_for("links.link", slug=round_.slug)
    ask_for_link(settings().keys_folder, round_, typed, there, limits.may_send_to)


@pages.get("/link")
@public
def link(slug: str) -> Response:
    """Where a link leads: nothing is used up by looking."""
    round_ = _round(slug)
    return _link_page(round_, LinkForm()) if round_.standing == "open" else page_of_standing(round_)


@pages.post("/link")
@public
def start_by_link(slug: str) -> ResponseReturnValue:
    """Use the link: make a blank ballot for whoever it was sent to."""
    round_, form = _round(slug), LinkForm()
    if round_.standing != "open":
        return page_of_standing(round_, 409)
    try:
        code = parse_code(form.code.data or "", "e-mail")
    except BadInput as error:
        return _link_page(round_, _refused(form, "code", error), 422)
    try:
        ward = ward_given(form, wards_of_round(round_.id))
    except BadInput as error:
        return _link_page(round_, _refused(form, "postcode", error), 422)
    return _start(round_, form, code, ward.id)


def _start(round_: VotingRound, form: LinkForm, code: Code, ward_id: int) -> Response:
    try:
        sessions.remember_draft(_used(round_, code, ward_id))
    except TooManyTries as error:
        return _link_page(round_, _refused(form, "code", error), 429)
    except LinkUsed as error:
        if not _was_used_here(round_, code):
            return _link_page(round_, _refused(form, "code", error), 422)
    except BadInput as error:
        return _link_page(round_, _refused(form, "code", error), 422)
    return go_to(url_for("ballots.how_to_vote", slug=round_.slug))


def _used(round_: VotingRound, code: Code, ward_id: int) -> str:
    """The draft that the link opens; codes that nobody was sent are counted against the network that tries them."""
    network, limits = network_of(request.remote_addr), try_limits()
    until = limits.wait_until(network, code.selector)
    if until:
        wait = say_wait(until, clock().now())
        raise TooManyTries(f"Too many wrong codes have come from your connection. Try again {wait}", until)
    try:
        return use_link(settings().keys_folder, round_, code, ward_id, sessions.draft_id())
    except LinkNotRecognised:
        limits.note_failure(network, code.selector)
        raise


def _was_used_here(round_: VotingRound, code: Code) -> bool:
    """Whether this browser's unfinished ballot came of this link: a second press of the button goes on with it."""
    held = sessions.draft_here(round_)
    return held is not None and held.slot == slot_of_link(settings().keys_folder, round_, code)


def _round(slug: str) -> VotingRound:
    """The round, if one votes in it by a link on this website."""
    round_ = round_to_vote_in(slug)
    return round_ if round_.by_contact and round_.can_begin_here else abort(404)


def _refused(form: ContactForm | LinkForm, field: str, error: BadInput) -> ContactForm | LinkForm:
    form[field].errors = [str(error).rstrip(".")]
    return form


def _ask_page(round_: VotingRound, form: ContactForm | LinkForm, status: int = 200) -> Response:
    return make_response(render_template("ballots/ask-for-link.html", round=round_, form=form), status)


def _link_page(round_: VotingRound, form: ContactForm | LinkForm, status: int = 200) -> Response:
    page = render_template(
        "ballots/link.html",
        round=round_,
        form=form,
        wards=wards_of_round(round_.id),
        postcodes=has_postcodes(),
        chosen_ward=request.form.get("ward", ""),
    )
    return make_response(page, status)
