"""Acts that need two officers, and the place where a room says what its own are.

    ACTS = (Act(name="publish", title="Publish the result", …),)          in the room's acts.py, listed in app.py

What is approved is the act's *subject*: every value the act will use, as JSON. It is worked out when an officer asks
and again when another approves; if the two differ by one letter, nothing happens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app
from sqlalchemy.orm import Session

from pbudget.kit.errors import BadInput

Subject = dict[str, Any]


class ActNotPossible(BadInput):
    """The act cannot be done as things stand; the message says why. Nothing has changed."""


@dataclass(frozen=True)
class Act:
    """One act.

    `subject_of(round_id, payload)` gives everything that is approved, or raises BadInput saying why it cannot be done
    now. `words_of(subject)` says it in rows of (what, value), exactly and in full. `carry_out(session, round_id,
    subject)` does it, ledger entry included, inside the approval's transaction. `told` finishes the sentence that the
    witnesses read: "Spring 2027: …". A `single` act takes the place of its own request that is still waiting.

    A `quiet` act is about one resident: no mail is sent at its minute, since the witnesses are told by the next
    checkpoint how many there were; and once its request is over, only the day and the fingerprint of it are kept.
    """

    name: str
    title: str
    told: str
    subject_of: Callable[[int, Mapping[str, Any]], Subject]
    words_of: Callable[[Mapping[str, Any]], Sequence[tuple[str, str]]]
    carry_out: Callable[[Session, int, Mapping[str, Any]], None]
    single: bool = True
    quiet: bool = False


def init_acts(app: Flask, acts: Sequence[Act]) -> None:
    """Tell the application which acts there are."""
    app.extensions["acts"] = {act.name: act for act in acts}


def act_called(name: str) -> Act:
    """The act of this name; KeyError, a programming error, when no room has it."""
    acts: Mapping[str, Act] = current_app.extensions["acts"]
    return acts[name]
