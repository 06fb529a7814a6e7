"""What every template may use: settings, asset addresses, words for money, numbers and dates, the council's colours."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, request, url_for
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader

from pbudget import __version__
from pbudget.config import Settings
from pbudget.kit.clock import say_day, say_moment
from pbudget.kit.fingerprints import program_sha256
from pbudget.kit.money import format_money
from pbudget.web.access import public
from pbudget.web.brand import brand_mark, brand_stylesheet

NAVIGATION = (
    ("Rounds", "rounds.rounds", ("rounds", "results")),
    ("Wards", "wards.boroughs", ("wards",)),
    ("About", "home.about", ("home.about",)),
)
"""Text, endpoint, and the rooms or endpoints that lie under it."""
DEMO_NOTICE = "demo-notice.txt"
DEMO_CODES = "demo-codes.txt"

pages = Blueprint("layout", __name__)


def init_layout(app: Flask, settings: Settings) -> None:
    """Give the templates their filters and globals, and the GOV.UK components their place."""
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_loader = ChoiceLoader(
        [
            app.jinja_loader,  # type: ignore[list-item]  # Flask always has one: the templates folder
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    app.jinja_env.filters |= {"money": format_money, "day": say_day, "moment": say_moment, "number": say_number}
    app.jinja_env.globals |= {
        "settings": settings,
        "version": __version__,
        "program_sha256": program_sha256(),
        "asset": asset_url,
        "navigation": navigation,
        "demo_notice": lambda: read_demo_notice(settings.instance),
        "demo_codes": lambda round_slug: read_demo_codes(settings.instance, round_slug),
    }
    app.extensions["brand"] = {
        "text/css": brand_stylesheet(settings.brand_colour),
        "image/svg+xml": brand_mark(settings.brand_colour),
    }


def navigation() -> list[dict[str, object]]:
    """The service navigation: every place a resident may want, the present one marked."""
    here = {request.blueprint, request.endpoint}
    return [
        {"text": text, "href": url_for(endpoint), "current": not here.isdisjoint(under)}
        for text, endpoint, under in NAVIGATION
    ]


def read_demo_notice(instance: Path) -> str:
    """What the strip on every screen of a demonstration says; empty on a real service."""
    notice = instance / DEMO_NOTICE
    return notice.read_text(encoding="utf-8").strip() if notice.is_file() else ""


def read_demo_codes(instance: Path, round_slug: str) -> list[tuple[str, str]]:
    """Ward and voting code of every letter of a demonstration's open round; none for a real one."""
    codes = instance / DEMO_CODES
    if not codes.is_file() or not read_demo_notice(instance):
        return []
    rows = (line.split("\t") for line in codes.read_text(encoding="utf-8").splitlines())
    return [(row[1], row[2]) for row in rows if len(row) == 3 and row[0] == round_slug]


def say_number(number: int) -> str:
    """A whole number with thousands separators: `12,345`."""
    return f"{number:,}"


def asset_url(path: str) -> str:
    """The address of a file in static/, with a fingerprint of its bytes, so that browsers may keep it for a year."""
    return url_for("static", filename=path, v=_fingerprint(path))


@cache
def _fingerprint(path: str) -> str:
    file = Path(__file__).resolve().parents[2] / "static" / path
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else "absent"


@pages.get("/brand.css")
@public
def brand() -> Response:
    """The council's colours, a stylesheet of its own because the policy allows no inline style."""
    return _in_council_colours("text/css")


@pages.get("/mark.svg")
@public
def mark() -> Response:
    """The small mark that browsers show beside the page's title."""
    return _in_council_colours("image/svg+xml")


def _in_council_colours(kind: str) -> Response:
    text = current_app.extensions["brand"][kind]
    return Response(text, mimetype=kind, headers={"Cache-Control": "public, max-age=300"})


def is_fragment() -> bool:
    """Whether htmx asked, so that only the part of the page that changes is sent."""
    return request.headers.get("HX-Request") == "true"
