"""Checks that rooms above add to `pbudget verify`: app.py lists them, and the ledger asks them without knowing them."""

from collections.abc import Callable, Sequence

from flask import Flask, current_app

from pbudget.ledger.bundle import Finding

FurtherCheck = Callable[[int], Sequence[Finding]]
"""Given a round's id: what it found, or nothing where there is nothing to check."""


def init_further_checks(app: Flask, checks: Sequence[FurtherCheck]) -> None:
    """Tell the application what else to check."""
    app.extensions["further_checks"] = tuple(checks)


def further_findings(round_id: int) -> list[Finding]:
    """What every further check found of a round."""
    checks: Sequence[FurtherCheck] = current_app.extensions["further_checks"]
    return [finding for check in checks for finding in check(round_id)]
