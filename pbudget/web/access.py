"""Who may use a route. Every view says so itself; a route that does not keeps the application from starting.

    @rooms.get("/wards/<code>")
    @public
    def ward(code): ...

The mark goes below the route line: above it, Flask has registered the view before it was marked.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask

View = Callable[..., Any]

EXTENSION_ROUTES = {"static": "public"}
"""Endpoints that Flask and its extensions register, and who may use them."""


class RouteWithoutAccess(RuntimeError):
    """A programming error: a route does not say who may use it, so the application does not start."""


def public(view: View) -> View:
    """Anyone may use this view, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> str | None:
    """Who may use an endpoint, or None when nobody said."""
    declared: str | None = getattr(app.view_functions[endpoint], "access", EXTENSION_ROUTES.get(endpoint))
    return declared


def refuse_undeclared_routes(app: Flask) -> None:
    """Stop the start when any route does not declare its access."""
    undeclared = sorted({str(r) for r in app.url_map.iter_rules() if access_of(app, r.endpoint) is None})
    if undeclared:
        raise RouteWithoutAccess(
            f"No access declared for {', '.join(undeclared)}. Put @public (or a role) below the route line."
        )
