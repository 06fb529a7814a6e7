"""From close to seal, a step at a time: what is done, what is next, what waits. Pure.

steps_of(Standing(closed=True, counted=True, …))  ->  count done, recount done, publish next, challenge and seal waiting
"""

from dataclasses import dataclass
from datetime import date

DONE, NEXT, RUNNING, WAITING, TROUBLE = "done", "next", "running", "waiting", "trouble"


@dataclass(frozen=True)
class Standing:
    """Where a round is; `problem` is why the last count or recount ended badly."""

    closed: bool
    counting: bool
    counted: bool
    recounts_agree: bool
    published: bool
    last_day: date | None
    days_over: bool
    sealed: bool
    keys_gone: bool
    problem: str = ""


@dataclass(frozen=True)
class Step:
    """One step: `state` is done, next, running, waiting or trouble."""

    name: str
    title: str
    state: str


TITLES = {
    "count": "Check and count",
    "recount": "Recount agrees",
    "publish": "Publish",
    "challenge": "Challenge period",
    "seal": "Seal",
}


def steps_of(at: Standing) -> list[Step]:
    """The five steps with their states."""
    states = {
        "count": _count(at),
        "recount": (DONE if at.recounts_agree else TROUBLE) if at.counted else WAITING,
        "publish": DONE if at.published else NEXT if at.counted and at.recounts_agree else WAITING,
        "challenge": (DONE if at.days_over or at.sealed else RUNNING) if at.published else WAITING,
        "seal": _seal(at),
    }
    return [Step(name, TITLES[name], state) for name, state in states.items()]


def _count(at: Standing) -> str:
    if at.counted:
        return DONE
    if at.problem:
        return TROUBLE
    if at.counting:
        return RUNNING
    return NEXT if at.closed else WAITING


def _seal(at: Standing) -> str:
    if at.sealed:
        return DONE if at.keys_gone else RUNNING
    return NEXT if at.published and at.days_over else WAITING
