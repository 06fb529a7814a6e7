"""Error pages: what happened, whether anything was lost, what to do. None of them needs the database."""

import errno
import sqlite3
from http import HTTPStatus
from typing import NamedTuple

import structlog
from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from werkzeug.exceptions import HTTPException, InternalServerError, ServiceUnavailable, UnprocessableEntity

from pbudget.kit.errors import BadInput

log = structlog.get_logger()


class ErrorText(NamedTuple):
    """What one error page says: its heading and its paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


NOTHING_SAVED = "Nothing you sent has been saved."
ERROR_TEXTS = {
    400: ErrorText(
        "This page could not read what was sent",
        (NOTHING_SAVED, "Go back, reload the page and try again. If you left it open for a long time, it had expired."),
    ),
    403: ErrorText(
        "You cannot use this page",
        ("It is for people with another role.", "If you think you should be able to use it, contact the council."),
    ),
    404: ErrorText(
        "Page not found",
        (
            "If you typed the web address, check it is correct.",
            "If you pasted the web address, check you copied all of it.",
        ),
    ),
    405: ErrorText(
        "This page does not work that way", (NOTHING_SAVED, "Go back to the page before and use its button again.")
    ),
    409: ErrorText(
        "Somebody changed this before you",
        (NOTHING_SAVED, "Go back, reload the page to see how it stands now, and try again."),
    ),
    413: ErrorText("What you sent is too large", (NOTHING_SAVED, "Send a smaller file, or shorten your text.")),
    416: ErrorText(
        "That part of the file is not there",
        ("A program asked for a part beyond the end of the file.", "Download the whole file again."),
    ),
    422: ErrorText("What was sent cannot be used", (NOTHING_SAVED, "Go back, check your answers and try again.")),
    429: ErrorText("Too many tries in a short time", (NOTHING_SAVED, "Wait a minute, then try again.")),
    500: ErrorText(
        "Sorry, there is a problem with the service",
        (
            "What you sent last may not have been saved.",
            "Try again later. If you were sending something, check whether it arrived before you send it again.",
        ),
    ),
    503: ErrorText(
        "Sorry, the service is not available",
        ("What you sent last has not been saved.", "Wait a minute, then try again."),
    ),
}
RETRY_AFTER_SECONDS = {429: 60, 503: 60}
STORAGE_AWAY = (OperationalError, InterfaceError, NoConnectionLeft, sqlite3.OperationalError)
"""What is raised when a database is locked, restarting, full or gone, or all connections to it are in use."""
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def init_errors(app: Flask) -> None:
    """Answer every error with its page, or its fragment when htmx asked."""
    app.register_error_handler(HTTPException, _answer_http_error)
    app.register_error_handler(BadInput, _answer_bad_input)
    for storage_away in STORAGE_AWAY:
        app.register_error_handler(storage_away, _answer_storage_away)
    app.register_error_handler(Exception, _answer_unexpected)


def _answer_http_error(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    return error_page(error.code if error.code in ERROR_TEXTS else _nearest(error.code), error)


def _nearest(code: int) -> int:
    """The page for a status that has none of its own."""
    return 500 if code >= 500 else 400


def _answer_bad_input(error: BadInput) -> ResponseReturnValue:
    return error_page(422, UnprocessableEntity(), says=str(error))


def _answer_storage_away(error: Exception) -> ResponseReturnValue:
    log.error("storage-away", error=type(getattr(error, "orig", None) or error).__name__)
    return error_page(503, ServiceUnavailable())


def is_storage_away(error: Exception) -> bool:
    """Whether what went wrong is that nothing can be read or written now: it passes, and trying again is right."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, STORAGE_AWAY) or (isinstance(error, OSError) and error.errno in NO_ROOM)


def _answer_unexpected(error: Exception) -> ResponseReturnValue:
    if is_storage_away(error):
        return _answer_storage_away(error)
    log.error("unexpected", error=type(error).__name__, exc_info=error)
    return error_page(500, InternalServerError())


def error_page(code: int, error: HTTPException, says: str = "", text: ErrorText | None = None) -> Response:
    """The page for a status, with the reason when the person can mend it; a fragment for htmx.

    `text` is for a room that knows better than the page of the status what happened.
    """
    text = text or ERROR_TEXTS[code]
    template = "errors/_error.html" if request.headers.get("HX-Request") else "errors/error.html"
    response = make_response(render_template(template, text=text, says=says, code=code), code)
    response.headers["Cache-Control"] = "no-store"
    if code in RETRY_AFTER_SECONDS:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS[code])
    if code == HTTPStatus.METHOD_NOT_ALLOWED:
        response.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
    return response
