"""Names, at the end of a test run, the checks (lint, types, contracts) that failed before pytest began."""

import os

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One section before pytest's last line, if there is anything to say."""
    failed = os.environ.get("PBUDGET_FAILED_CHECKS")
    if failed:
        terminalreporter.section("checks that failed before the tests", red=True, bold=True)
        terminalreporter.line(f"{failed}: what they found is above the tests")
