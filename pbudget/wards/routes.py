"""Boroughs, wards, their maps and figures, and the way to one's own ward by postcode."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pbudget.config import Settings
from pbudget.kit.spreadsheets import csv_bytes
from pbudget.results.queries import contests_of_ward
from pbudget.rounds.queries import current_pots_of_ward
from pbudget.wards import queries
from pbudget.wards.forms import PostcodeForm
from pbudget.wards.queries import BoroughPage, FigureLine, WardPage
from pbudget.wards.rules.names import dimension_label, group_label
from pbudget.wards.rules.postcodes import sector, spaced
from pbudget.wards.rules.residents import say_largest, say_share
from pbudget.web.access import public

pages = Blueprint("wards", __name__)
pages.add_app_template_filter(dimension_label)
pages.add_app_template_filter(group_label)
pages.add_app_template_filter(say_share)
pages.add_app_template_filter(say_largest)
COLUMNS = ("ward_code", "ward_name", "dimension", "group", "count", "source", "date", "population_base")
ONE_YEAR = 31_536_000
FIVE_MINUTES = 300
LATEST_ROUNDS = 12


@pages.get("/boroughs/")
@public
def boroughs() -> ResponseReturnValue:
    """Every borough; where there is only one, straight to it."""
    lines = queries.boroughs()
    if len(lines) == 1:
        return redirect(url_for("wards.borough", slug=lines[0].slug))
    return render_template("wards/boroughs.html", boroughs=lines)


@pages.get("/boroughs/<slug>")
@public
def borough(slug: str) -> str:
    """A borough: its map, its wards, where the figures are from."""
    page = _borough(slug)
    return render_template("wards/borough.html", page=page, atlas=queries.atlas(page.id, page.map_version))


@pages.get("/boroughs/<slug>/map.svg")
@public
def borough_map(slug: str) -> Response:
    """The borough's wards, numbered on a map or named on tiles."""
    page = _borough(slug)
    return _svg(page.id, page.map_version, title=f"Wards of {page.name}", marked="")


@pages.get("/boroughs/<slug>/residents.csv")
@public
def borough_residents(slug: str) -> Response:
    """The figures of every ward, in the format they are loaded in."""
    page = _borough(slug)
    return _csv(queries.figures(page.slug), f"residents-{page.slug}.csv")


@pages.get("/wards/<code>")
@public
def ward(code: str) -> str:
    """A ward: where it is, who lives there."""
    page = _ward(code)
    atlas = queries.atlas(page.borough_id, page.map_version)
    names = queries.ward_names(page.borough_id)
    beside = [(other, names[other]) for other in atlas.neighbours.get(code, ())] if atlas else []
    return render_template(
        "wards/ward.html",
        page=page,
        atlas=atlas,
        neighbours=beside,
        current=current_pots_of_ward(page.id),
        contests=contests_of_ward(page.id, LATEST_ROUNDS),
    )


@pages.get("/wards/<code>/map.svg")
@public
def ward_map(code: str) -> Response:
    """The borough's map with this ward marked."""
    page = _ward(code)
    return _svg(page.borough_id, page.map_version, title=f"{page.name} in {page.borough_name}", marked=code)


@pages.get("/wards/<code>/residents.csv")
@public
def ward_residents(code: str) -> Response:
    """The ward's figures, in the format they are loaded in."""
    page = _ward(code)
    return _csv(queries.figures(page.borough_slug, code), f"residents-{code}.csv")


@pages.get("/find-your-ward")
@public
def find_ward() -> Response:
    """Ask for a postcode, or offer the list where no postcode table is loaded."""
    return _find_page(PostcodeForm())


@pages.post("/find-your-ward")
@public
def find_ward_by_postcode() -> ResponseReturnValue:
    """Go to the ward of a postcode; it is written nowhere."""
    form = PostcodeForm()
    if form.validate_on_submit():
        code = queries.ward_of_postcode(form.normalised)
        if code:
            return redirect(url_for("wards.ward", code=code), 303)
        form.postcode.errors = [_why_no_ward(form.normalised)]
    return _find_page(form, 422)


def _find_page(form: PostcodeForm, status: int = 200) -> Response:
    """The form; never kept by a cache, because it may hold what somebody typed."""
    page = render_template(
        "wards/find.html", form=form, boroughs=queries.boroughs(), has_postcodes=queries.has_postcodes()
    )
    return Response(page, status)


def _why_no_ward(postcode: str) -> str:
    shown = spaced(postcode)
    if queries.has_postcodes_near(sector(postcode)):
        return f"We cannot find {shown}. Check it, or choose your ward from the list below"
    return f"{shown} is not in a ward of this service. Check it, or find your council on GOV.UK"


def _borough(slug: str) -> BoroughPage:
    return queries.borough(slug) or abort(404)


def _ward(code: str) -> WardPage:
    return queries.ward(code) or abort(404)


def _svg(borough_id: int, version: str, *, title: str, marked: str) -> Response:
    """A drawing; kept by browsers for a year under its version's address, else for five minutes."""
    atlas = queries.atlas(borough_id, version) or abort(404)
    settings: Settings = current_app.extensions["settings"]
    body = render_template(
        "wards/map.svg", drawing=atlas.drawing, title=title, marked=marked, colour=settings.brand_colour
    )
    response = Response(body, mimetype="image/svg+xml")
    response.cache_control.public = True
    response.cache_control.max_age = ONE_YEAR if request.args.get("v") == version else FIVE_MINUTES
    response.set_etag(f"{version}-{marked}-{settings.brand_colour.lstrip('#')}")
    response.make_conditional(request)
    return response


def _csv(lines: Sequence[FigureLine], name: str) -> Response:
    """Figures as a download that can be loaded again; UTF-8 with its mark, so that Excel reads accents."""
    if not lines:
        abort(404)
    rows = ([getattr(line, column) for column in COLUMNS] for line in lines)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(csv_bytes([COLUMNS, *rows]), content_type="text/csv; charset=utf-8", headers=disposition)
