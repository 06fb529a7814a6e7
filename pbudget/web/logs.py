"""One structured line a request, with no address, no query, no name: the route's pattern, never what stood in it."""

import logging
import re
import secrets
import sys
import time
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any

import structlog
from flask import Flask, Response, g, request

from pbudget.config import Settings

ALLOWED_FIELDS = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "request",
        "method",
        "route",
        "status",
        "ms",
        "queries",
        "error",
        "exception",
        "job",
    }
)
"""The fields a log line may carry. Everything else is dropped before it is written."""

MINUTE = "%Y-%m-%dT%H:%MZ"
"""To the minute: whoever saw somebody vote must not find the ballot by the second it came in."""

Event = MutableMapping[str, Any]


def init_logs(app: Flask, settings: Settings) -> None:
    """Log as JSON lines on standard error, allow-listed, one line a request."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt=MINUTE, utc=True),
            structlog.processors.format_exc_info,
            without_quoted_values,
            keep_allowed_fields,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.log_level.upper())),
        logger_factory=lambda *_: Lines(),
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger().bind()  # once: binding it takes longer than writing the line
    app.before_request(_start)
    app.after_request(lambda response: _finish(response, log))


class Lines:
    """Writes each line on standard error; where that cannot be written, as on a full disk, the line is lost.

    A page that was made, or a vote that was recorded, must not become an error for want of a log line.
    """

    def msg(self, line: str) -> None:
        """Write one line at once: in two writes, another thread's line could come between it and its end."""
        with suppress(OSError):
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()

    log = debug = info = warning = error = critical = exception = fatal = msg


def keep_allowed_fields(_logger: object, _method: str, event: Event) -> Event:
    """Drop every field that is not on the list: a new field needs a decision, not an accident."""
    return {name: value for name, value in event.items() if name in ALLOWED_FIELDS}


def without_quoted_values(_logger: object, _method: str, event: Event) -> Event:
    """Cut a traceback down to its frames and the error's class: messages repeat what people typed."""
    if "exception" in event:
        frames = re.findall(r'^  File "(?:.*/)?([^"/]+)", line (\d+), in (\S+)', event["exception"], re.MULTILINE)
        event["exception"] = " > ".join(f"{file}:{line} {name}" for file, line, name in frames)
    return event


def _start() -> None:
    g.started = time.perf_counter()
    g.request_id = secrets.token_hex(6)


def _finish(response: Response, log: Any) -> Response:
    if request.endpoint == "static":
        return response
    log.info(
        "request",
        request=g.request_id,
        method=request.method,
        route=str(request.url_rule) if request.url_rule else "no such page",
        status=response.status_code,
        ms=round((time.perf_counter() - g.started) * 1000),
    )
    return response
