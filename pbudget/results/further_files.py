"""Files that rooms above add to a result bundle: app.py lists them, and the bundle asks them without knowing them."""

from collections.abc import Callable, Mapping, Sequence

from flask import Flask, current_app

FurtherFiles = Callable[[int], Mapping[str, str]]
"""Given a round's id: texts by the name of their file, public as they stand; nothing where there is nothing to add."""


def init_further_files(app: Flask, given: Sequence[FurtherFiles]) -> None:
    """Tell the application what else goes into a bundle."""
    app.extensions["further_files"] = tuple(given)


def further_files(round_id: int) -> dict[str, str]:
    """Every further file of a round's bundle."""
    given: Sequence[FurtherFiles] = current_app.extensions["further_files"]
    return {name: text for files in given for name, text in files(round_id).items()}
