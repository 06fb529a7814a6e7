"""Every route says who may use it, or nothing starts."""

import pytest

from pbudget.web.access import RouteWithoutAccess, access_of, public, refuse_undeclared_routes


def test_every_route_of_the_application_declares_its_access(sqlite_app):
    rules = list(sqlite_app.url_map.iter_rules())
    assert len(rules) > 5
    assert all(access_of(sqlite_app, rule.endpoint) for rule in rules)


def test_a_route_without_access_stops_the_start_and_is_named(sqlite_app):
    sqlite_app.view_functions["forgotten"] = lambda: ""
    sqlite_app.url_map.add(sqlite_app.url_rule_class("/forgotten", endpoint="forgotten"))
    with pytest.raises(RouteWithoutAccess, match="/forgotten"):
        refuse_undeclared_routes(sqlite_app)


def test_a_declared_route_is_let_through(sqlite_app):
    sqlite_app.view_functions["declared"] = public(lambda: "")
    sqlite_app.url_map.add(sqlite_app.url_rule_class("/declared", endpoint="declared"))
    refuse_undeclared_routes(sqlite_app)
