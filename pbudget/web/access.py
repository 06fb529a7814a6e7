"""Who may use a route. Every view says so itself; a route that does not keeps the application from starting.

    @rooms.get("/wards/<code>")
    @public
    def ward(code): ...

    @rooms.post("/staff/rounds/<slug>/open")
    @roles("officer")
    def open_round(slug): ...

The mark goes below the route line: above it, Flask has registered the view before it was marked. Who is signed in is
asked of `app.extensions["current_staff"]`, which the accounts room fills, so that no room has to import another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from flask import Flask, Response, abort, current_app, make_response, redirect, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

View = Callable[..., Any]

ROLES = ("officer", "councillor", "steward", "auditor")
"""Runs rounds; moderates own ward; helps at a road show or hub; reads everything and changes nothing."""

EXTENSION_ROUTES = {"static": "public"}
"""Endpoints that Flask and its extensions register, and who may use them."""
SEEN = "pbudget.current_staff"


class RouteWithoutAccess(RuntimeError):
    """A programming error: a route does not say who may use it, so the application does not start."""


@dataclass(frozen=True)
class StaffView:
    """Who is signed in: a random id for records, what the screens call them, what they may do and where."""

    id: str
    label: str
    roles: frozenset[str]
    wards: frozenset[str]
    created_at: datetime
    invited_by: str
    is_demo: bool = False

    def may_act_in(self, ward_code: str) -> bool:
        """Whether the work in a ward is theirs: every ward is an officer's, only the own one a councillor's."""
        return "officer" in self.roles or ("councillor" in self.roles and ward_code in self.wards)


def public(view: View) -> View:
    """Anyone may use this view, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def roles(*names: str) -> Callable[[View], View]:
    """Only staff with one of these roles may use this view; nothing of it runs for anybody else, or is ever stored."""
    unknown = set(names) - set(ROLES)
    if unknown or not names:
        raise RouteWithoutAccess(f"@roles takes {', '.join(ROLES)}; it was given {', '.join(unknown) or 'nothing'}.")
    allowed = frozenset(names)

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Response:
            staff = current_staff()
            if staff is None:
                return sign_in_first()
            if not staff.roles & allowed:
                abort(403)
            response = make_response(view(*args, **kwargs))
            response.headers["Cache-Control"] = "no-store"
            return response

        guarded.access = ",".join(name for name in ROLES if name in allowed)  # type: ignore[attr-defined]
        return guarded

    return guard


def current_staff() -> StaffView | None:
    """Who is signed in, looked up once a request; None for everybody else."""
    if SEEN not in request.environ:
        ask: Callable[[], StaffView | None] = current_app.extensions.get("current_staff", lambda: None)
        request.environ[SEEN] = ask()
    staff: StaffView | None = request.environ[SEEN]
    return staff


def signed_in_staff() -> StaffView:
    """Who is signed in, inside a view marked with @roles."""
    return current_staff() or abort(403)


def refuse_other_wards(ward_code: str) -> None:
    """403 unless the work in this ward is theirs. The role comes first: put @roles on the view."""
    if not signed_in_staff().may_act_in(ward_code):
        abort(403)


def sign_in_first() -> Response:
    """To the sign-in page, and back here afterwards when this was only a look; nothing that was sent is kept."""
    looking = request.method in {"GET", "HEAD"}
    there = url_for("accounts.sign_in", next=sign_path(request.full_path.rstrip("?")) if looking else "ended")
    if request.headers.get("HX-Request"):
        return Response(status=204, headers={"HX-Redirect": there, "Cache-Control": "no-store"})
    response = make_response(redirect(there, 302 if looking else 303))
    response.headers["Cache-Control"] = "no-store"
    return response


def again_and_back(path: str) -> str:
    """The address that asks for password and code once more and then comes back to a path of this site."""
    return url_for("accounts.sign_in_again", next=sign_path(path))


def sign_path(path: str) -> str:
    """A path of this site as a token that only we can make, so that no link sends staff elsewhere."""
    return str(_paths().dumps(path))


def signed_path(token: str, otherwise: str) -> str:
    """The path in a token, or another one when nobody here signed it."""
    try:
        return str(_paths().loads(token))
    except BadSignature:
        return otherwise


def _paths() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="the way back after signing in")


def access_of(app: Flask, endpoint: str) -> str | None:
    """Who may use an endpoint (`public`, or roles as `officer,auditor`), or None when nobody said."""
    declared: str | None = getattr(app.view_functions[endpoint], "access", EXTENSION_ROUTES.get(endpoint))
    return declared


def refuse_undeclared_routes(app: Flask) -> None:
    """Stop the start when any route does not declare its access."""
    undeclared = sorted({str(r) for r in app.url_map.iter_rules() if access_of(app, r.endpoint) is None})
    if undeclared:
        raise RouteWithoutAccess(
            f"No access declared for {', '.join(undeclared)}. Put @public (or a role) below the route line."
        )
