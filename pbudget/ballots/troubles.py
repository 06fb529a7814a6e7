"""What can go wrong on a ballot's pages, in the words of whoever was voting. Shared by every blueprint of the room."""

from collections.abc import Callable

import structlog
from flask import Blueprint, Response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import ServiceUnavailable

from pbudget.ballots.actions import BallotSessionEnded, CastAlready, VotingNotOpen
from pbudget.ballots.sessions import answer_in_round, ended_page, keep_nothing, page_of_standing
from pbudget.keys.actions import KeyMismatch
from pbudget.keys.files import KeyMissing, KeyNotPrivate, KeysDestroyed
from pbudget.ledger.actions import LedgerNotOpen
from pbudget.ledger.rules import RoundClosed
from pbudget.web.errors import STORAGE_AWAY, ErrorText, error_page

log = structlog.get_logger()
NOT_RECORDED = ErrorText(
    "Your vote has NOT been recorded",
    (
        "Something is wrong with the service, not with your vote.",
        "Wait a minute, then go back and try again. Trying again cannot count your vote twice.",
    ),
)


def handle_troubles(pages: Blueprint, not_available: Callable[[Exception], Response] | None = None) -> None:
    """Answer everything that can go wrong on these pages, and have none of them stored.

    `not_available` answers when the database or a key cannot be used; on the pages of a ballot, `not_recorded`.
    """
    pages.after_request(keep_nothing)
    pages.register_error_handler(CSRFError, session_is_over)
    pages.register_error_handler(BallotSessionEnded, draft_is_gone)
    pages.register_error_handler(CastAlready, cast_in_another_tab)
    for late in (VotingNotOpen, LedgerNotOpen, RoundClosed):
        pages.register_error_handler(late, voting_is_over)
    for away in (*STORAGE_AWAY, KeyMissing, KeyMismatch, KeyNotPrivate, KeysDestroyed):
        pages.register_error_handler(away, not_available or not_recorded)


def session_is_over(_error: CSRFError) -> Response:
    """A form from an earlier session: nothing it carried is used."""
    return answer_in_round(lambda round_: ended_page(round_, 400))


def draft_is_gone(_error: BallotSessionEnded) -> Response:
    """The draft was cast, cleared away or too old."""
    return answer_in_round(ended_page)


def cast_in_another_tab(_error: CastAlready) -> Response:
    """The ballot was cast with other choices than this page showed."""
    return answer_in_round(lambda round_: ended_page(round_, 409))


def voting_is_over(_error: Exception) -> Response:
    """Too late, or too early: nothing was recorded, and the page says so."""
    return answer_in_round(lambda round_: page_of_standing(round_, 409))


def not_recorded(error: Exception) -> Response:
    """The database or the round's key cannot be used. Only whoever was casting reads that nothing was recorded:

    on "Check my reference" it would be untrue.
    """
    log.error("ballots-not-available", error=type(error).__name__)
    text = NOT_RECORDED if request.endpoint == "ballots.cast" else None
    return error_page(503, ServiceUnavailable(), text=text)
