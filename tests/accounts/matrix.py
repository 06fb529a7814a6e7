"""Every route × every role × own and other ward, as a table that is committed beside this file.

    method  path                 anonymous  officer  councillor, own ward  councillor, other ward  steward  auditor
    GET     /staff               sign in    yes      yes                   yes                     yes      yes
    GET     /staff/audit         sign in    yes      no                    no                      no       yes

`yes`: the route answered (whatever it said: a page, 404, an error in a form). `no`: 403.
`sign in`: to the sign-in page.

After adding a route, write the table afresh and read what changed before you commit it:

    .venv/bin/python -m tests.accounts.matrix

A route with a name in its address is asked for `SAMPLES[endpoint]`, else for something that is not there: access is
decided before anything is looked up. Where own and other ward differ, give the endpoint a sample in OWN_WARD, and make
what it names in `furnish`.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from pbudget.wards.actions import import_boundaries
from pbudget.wards.rules.boundaries import read_boundaries
from tests.support.staff import add_staff, sign_in
from tests.wards.building import FIRST, SECOND, two_wards

TABLE = Path(__file__).with_name("matrix.txt")
OWN_WARD, OTHER_WARD = FIRST, SECOND


class Reader(NamedTuple):
    """A column: its heading, and who asks."""

    heading: str
    role: str = ""
    ward: str = ""


READERS = (
    Reader("anonymous"),
    Reader("officer", "officer"),
    Reader("councillor, own ward", "councillor", OWN_WARD),
    Reader("councillor, other ward", "councillor", OTHER_WARD),
    Reader("steward", "steward"),
    Reader("auditor", "auditor"),
)
SAMPLES: dict[str, dict[str, object]] = {
    "static": {"filename": "css/site.css"},
    "wards.ward": {"code": OWN_WARD},
    "wards.ward_map": {"code": OWN_WARD},
}
"""Values for the names in an address, by endpoint. Other rooms add theirs."""
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def furnish(app: Flask) -> None:
    """What the samples name. Other rooms add theirs."""
    with app.app_context():
        import_boundaries(read_boundaries(two_wards()), "Test borough")


def accounts(app: Flask) -> dict[Reader, str]:
    """An account for every column but the first; ids."""
    return {
        reader: add_staff(app, reader.role, [reader.ward] if reader.ward else []) for reader in READERS if reader.role
    }


def routes(app: Flask) -> Sequence[tuple[str, Rule]]:
    """Every method of every route, by path."""
    found = [
        (method, rule) for rule in app.url_map.iter_rules() for method in METHODS if method in (rule.methods or ())
    ]
    return sorted(found, key=lambda each: (path_of(each[1]), METHODS.index(each[0])))


def path_of(rule: Rule) -> str:
    """The path of a route, with the names in it but not what they may be: `/staff/rounds/<slug>/letters/<batch_id>`."""
    return re.sub(r"<[^<>]*:(\w+)>", r"<\1>", rule.rule)


def address(app: Flask, rule: Rule) -> str:
    """An address of the route: the sample, or something that is not there."""
    given = dict(SAMPLES.get(rule.endpoint, {}))
    for name in rule.arguments:
        given.setdefault(name, _not_there(rule._converters[name]))
    with app.test_request_context():
        return app.url_for(rule.endpoint, **given)


def _not_there(converter: BaseConverter) -> object:
    """A value the converter takes and nothing is called by."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 999_999 if isinstance(converter, IntegerConverter) else "not-there"


def client_of(app: Flask, reader: Reader, staff: dict[Reader, str]) -> FlaskClient:
    """A fresh client, signed in where the column has a role."""
    client = app.test_client()
    if reader in staff:
        sign_in(client, staff_id=staff[reader])
    return client


def csrf_token(client: FlaskClient) -> str:
    """A token that this client's cookie carries, from a page with a form that everybody may see."""
    with client.application.app_context():
        page = client.get("/staff/sign-in").text
    return page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]


def answer(app: Flask, method: str, path: str, client: FlaskClient) -> str:
    """`yes`, `no` or `sign in`."""
    data = {"csrf_token": csrf_token(client)} if method != "GET" else None
    with app.app_context():
        response = client.open(path, method=method, data=data)
        response.close()
    if response.status_code == 403:
        return "no"
    to_sign_in = response.status_code in {302, 303} and response.location.startswith("/staff/sign-in?next=")
    return "sign in" if to_sign_in else "yes"


def observed(app: Flask) -> str:
    """The table as the application behaves."""
    furnish(app)
    staff = accounts(app)
    rows: list[Sequence[str]] = [("method", "path", *(reader.heading for reader in READERS))]
    for method, rule in routes(app):
        path = address(app, rule)
        answers = [answer(app, method, path, client_of(app, reader, staff)) for reader in READERS]
        rows.append((method, path_of(rule), *answers))
    return aligned(rows)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of text, two spaces apart."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table afresh, from an empty application on SQLite."""
    from app import create_app
    from pbudget import schema
    from pbudget.db import db
    from tests.conftest import make_settings

    folder = Path(tempfile.mkdtemp())
    try:
        app = create_app(make_settings(folder))
        with app.app_context():
            schema.upgrade()
        TABLE.write_text(observed(app), encoding="utf-8")
        with app.app_context():
            db.engine.dispose()
    finally:
        shutil.rmtree(folder)
    print(f"{TABLE.name}: read what changed with `git diff` before you commit it.", file=sys.stderr)


if __name__ == "__main__":
    main()
