"""Sets pbudget up on a machine that has only Python, then serves or tests. Standard library only.

This file is kept to syntax that Python 3.6 reads, so that an old Python gets a sentence and not a traceback;
everything it imports may use the present Python.
"""

import os
import sys

OLDEST_PYTHON = (3, 11)


def main() -> int:
    """Run `python3 app.py ...`: the exit status; it does not return when it ends by serving."""
    if sys.version_info < OLDEST_PYTHON:
        sys.stderr.write(python_too_old() + "\n")
        return 1
    if os.name == "nt":
        sys.stderr.write("pbudget: pbudget runs on Linux and macOS. On Windows, run it inside WSL.\n")
        return 1
    from pbudget.bootstrap.start import run

    return run(sys.argv[1:])


def python_too_old() -> str:
    """The line a person reads whose Python is older than OLDEST_PYTHON."""
    return (
        "pbudget: This is Python {}.{}; pbudget needs Python {}.{} or newer. "
        "Install one, then run it by its name, for example: python{}.{} app.py"
    ).format(*(sys.version_info[:2] + OLDEST_PYTHON + OLDEST_PYTHON))
