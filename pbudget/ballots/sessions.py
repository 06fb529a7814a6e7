"""One browser’s ballot: the signed cookie holds the draft’s id and no more; pages that need a draft ask here."""

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response, abort, current_app, make_response, redirect, render_template, request, session, url_for
from werkzeug.exceptions import NotFound

from pbudget.ballots.queries import (
    CastView,
    DraftView,
    VotingRound,
    cast_of_draft,
    draft,
    key_ids_of,
    voting_round,
    was_stopped,
)
from pbudget.config import Settings
from pbudget.keys.actions import load_key
from pbudget.keys.rules import KeyIds
from pbudget.ledger.queries import acts
from pbudget.rounds.rules.extension import MOST_DAYS
from pbudget.rounds.rules.notices import notices_of
from pbudget.web.errors import error_page
from pbudget.web.layout import is_fragment

DRAFT = "ballot"
ANSWERED = "answered"
"""In the session: the id of the draft after which this browser answered questions."""
BROWSER_BITS = 128
View = Callable[..., Any]


def settings() -> Settings:
    """The installation's settings."""
    given: Settings = current_app.extensions["settings"]
    return given


def round_to_vote_in(slug: str) -> VotingRound:
    """The round of this address; 404 for none, and for one that nobody ever votes in here (a replay)."""
    round_ = voting_round(slug)
    if round_ is None or round_.standing == "none":
        abort(404)
    return round_


def draft_id() -> str:
    """The id of this browser's draft, cast or not; empty where it has none."""
    return str(session.get(DRAFT, ""))


def remember_draft(new_id: str) -> None:
    """This browser fills in this draft from now on."""
    session[DRAFT] = new_id


def forget_draft() -> None:
    """This browser has no ballot any more."""
    session.pop(DRAFT, None)


def draft_here(round_: VotingRound) -> DraftView | None:
    """This browser's unfinished ballot in this round; none once the code it was begun with was stopped."""
    held = draft(draft_id()) if draft_id() else None
    if held is None or held.round_id != round_.id:
        return None
    return None if was_stopped(held, lambda: _key_of(round_)) else held


def _key_of(round_: VotingRound) -> bytes:
    return load_key(settings().keys_folder, round_.slug, "round", key_ids_of(round_.id) or KeyIds("", "", ""))


def cast_here(round_: VotingRound) -> CastView | None:
    """What became of this browser's ballot in this round, once it is cast."""
    return cast_of_draft(round_.id, draft_id()) if draft_id() else None


def voter(view: View) -> View:
    """Only for a browser with an unfinished ballot in this round, while voting is open.

    Everybody else gets the page that says why not: the session has ended, or voting has.
    """

    @wraps(view)
    def guarded(slug: str, **rest: Any) -> Response:
        round_ = round_to_vote_in(slug)
        if round_.standing != "open":
            return page_of_standing(round_, 409 if request.method == "POST" else 200)
        held = draft_here(round_)
        return make_response(view(round_, held, **rest)) if held else ended_page(round_)

    guarded.access = "voter"  # type: ignore[attr-defined]
    return guarded


def part_of_a_session(view: View) -> View:
    """A view of a voter's session that finds out for itself where the session stands."""
    view.access = "voter"  # type: ignore[attr-defined]
    return view


def ended_page(round_: VotingRound, status: int = 410) -> Response:
    """The neutral page: nothing of anybody's ballot is on it."""
    cast = cast_here(round_) is not None
    if is_fragment():
        return go_to(url_for("ballots.ended", slug=round_.slug))
    return make_response(render_template("ballots/ended.html", round=round_, cast=cast), status)


def page_of_standing(round_: VotingRound, status: int = 200) -> Response:
    """What a voter reads before voting opens, after it closes, or when it was annulled."""
    if is_fragment():
        return go_to(url_for("ballots.start", slug=round_.slug))
    return start_page(round_, status, refused=request.method == "POST")


def start_page(round_: VotingRound, status: int = 200, **more: object) -> Response:
    """The start of a vote, or why one cannot vote now; and everything that changed since voting opened."""
    changed = notices_of(acts(round_.id)) if round_.standing != "not-yet" else []
    return make_response(render_template("ballots/start.html", round=round_, notices=changed, **more), status)


def go_to(address: str) -> Response:
    """To another page after a POST, for browsers with and without scripts."""
    if is_fragment():
        return Response(status=204, headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))


def browser_cookie(round_: VotingRound) -> str:
    """What the cookie is called that makes this browser one voter of an `open` round."""
    return f"{'__Host-' if settings().https else ''}pbudget-voter-{round_.slug}"


def browser_bits(round_: VotingRound) -> str:
    """This browser's 128 random bits in an `open` round: from its cookie, or new."""
    kept = request.cookies.get(browser_cookie(round_), "")
    usable = len(kept) == BROWSER_BITS // 4 and set(kept) <= set("0123456789abcdef")
    return kept if usable else secrets.token_hex(BROWSER_BITS // 8)


def keep_browser_bits(response: Response, round_: VotingRound, bits: str) -> Response:
    """Have the browser keep its bits as long as voting may go on, so that its next ballot replaces this one.

    Voting may be extended: a browser that had forgotten its bits by then would be a second voter.
    """
    secure, until = settings().https, round_.closes_at and round_.closes_at + timedelta(days=MOST_DAYS)
    response.set_cookie(
        browser_cookie(round_), bits, expires=until, httponly=True, secure=secure, samesite="Lax", path="/"
    )
    return response


def keep_nothing(response: Response) -> Response:
    """No page of a ballot is stored, by anybody, even for the button Back."""
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_in_round(answer: Callable[[VotingRound], Response]) -> Response:
    """The answer for the round of this address; the ordinary page where there is no such round."""
    try:
        round_ = round_to_vote_in((request.view_args or {})["slug"])
    except NotFound as error:
        return error_page(404, error)
    return answer(round_)


def why_no_tracker(typed: str) -> str:
    """What is wrong with a reference as it was typed, in the words the voter reads."""
    if not typed.strip():
        return "Enter your reference"
    return "Check your reference. It has 11 letters and numbers, like 7Q4K-9XTM-2BX, and one of yours is not right"
