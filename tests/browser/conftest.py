"""Fixtures of the browser tests: a Chromium, a filled and served site, and the pages found on it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Playwright

from app import create_app
from pbudget.config import read_settings
from tests.browser.chromium import QUIET, chromium_path
from tests.browser.patience import be_patient
from tests.browser.site import Site, environ_of, fill, serve, signed_in
from tests.browser.walk import Walk, walk, walk_of_staff

OFFICER = "officer-1@ashmere.example"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, playwright: Playwright) -> dict:
    """pytest-playwright's own arguments, with the Chromium of this machine and nothing that calls home."""
    be_patient()
    path = chromium_path(playwright.chromium.executable_path)
    return {**browser_type_launch_args, "executable_path": path, "args": QUIET}


@pytest.fixture(scope="session")
def filled_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with everything in it that this version can show, behind the server that councils run."""
    instance = tmp_path_factory.mktemp("site")
    environ = environ_of(instance)
    fill(environ, instance)
    process, address = serve(environ)
    yield Site(address, environ)
    process.terminate()
    process.communicate(timeout=60)


@pytest.fixture(scope="session")
def site_app(filled_site: Site) -> Flask:
    """The application with the site's settings, to ask which routes there are."""
    return create_app(read_settings(filled_site.environ))


@pytest.fixture(scope="session")
def found(filled_site: Site, site_app: Flask) -> Walk:
    """Every kind of page that the links lead to."""
    return walk(filled_site, site_app)


@pytest.fixture(scope="session")
def staff_site(filled_site: Site, site_app: Flask) -> Site:
    """The same site for somebody who is signed in as an officer of the demonstration."""
    return signed_in(filled_site, site_app, OFFICER)


@pytest.fixture(scope="session")
def found_by_staff(staff_site: Site, site_app: Flask) -> Walk:
    """Every kind of page that links lead an officer to, from the page where staff start."""
    return walk_of_staff(staff_site, site_app)
