"""What may arrive at all, before any page or database reads it.

A NUL is in nothing that a person types, PostgreSQL cannot store it and SQLite cuts text at it: such a request is
refused. A number in an address that is larger than any database gives is no address: page not found.
"""

from collections.abc import Iterator
from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

NUL = "\0"
LARGEST_NUMBER = 2**31 - 1


class StoredNumber(IntegerConverter):
    """`<int:…>` in an address, up to what a column holds."""

    def __init__(self, map: Map, **options: Any) -> None:
        super().__init__(map, **{"max": LARGEST_NUMBER, **options})


def init_arrivals(app: Flask) -> None:
    """Call before rooms register their addresses."""
    app.url_map.converters["int"] = StoredNumber
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if any(NUL in text for text in _texts()):
        abort(400)


def _texts() -> Iterator[str]:
    """The address and every value that came with it."""
    yield request.path
    for values in (request.args, request.form):
        for name, value in values.items(multi=True):
            yield name
            yield value
