"""A budget that is open, through the ordinary actions."""

import pytest
from flask import Flask

from pbudget.calculator.actions import load_budget, open_budget
from tests.calculator.building import a_budget


@pytest.fixture
def budget(app: Flask) -> str:
    """An open budget, on both engines; its name in addresses."""
    return opened()


@pytest.fixture
def sqlite_budget(sqlite_app: Flask) -> str:
    """An open budget on SQLite."""
    return opened()


def opened(**changed: str) -> str:
    name = load_budget(a_budget(closes="14/03/2099 17:00", **changed))
    open_budget(name, "test-officer")
    return name
