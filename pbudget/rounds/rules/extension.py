"""More time: who may give it, until when that is decided, and how much. Settled in the manifest before voting opens.

voting ends at 5pm on Sunday 14 March, at most 7 days more   decided by 5pm on Monday 15 March, the next working day
                                                             more time until 5pm on Sunday 21 March at the latest

Before the closing time two officers may move it, with a reason, as a repair (the post was late, the site was down). At
the closing time voting stops in any case. Where the manifest allows it, two officers may then, once, open it again:
they have seen who took part, never what was chosen, and say what they will do to reach whom. Nobody decides: it ends.
Source: spec/guard.md 1.2 and 3 (what a verdict triggers); the states are written out in docs/adr/0023-closing.md.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pbudget.kit.clock import LONDON, say_moment
from pbudget.kit.working_days import working_day_after

MOST_DAYS = 28
OUTREACH = {"what": "What will be done to reach people", "where": "Where", "whom": "For whom"}
"""What is said of the time that is given."""
LEAST_REOPENED = timedelta(days=1)
"""An extension that is decided in the last minute still leaves a day to vote."""


@dataclass(frozen=True)
class MoreTime:
    """What is left of a round's extension at its closing time (UTC).

    `most_days`: by how many days the manifest allows it; None: not at all. `decide_by`: until when that can be decided;
    None: never allowed, or decided already.
    """

    closes_at: datetime
    most_days: int | None
    decide_by: datetime | None

    @property
    def used(self) -> bool:
        """Whether voting was extended at its closing time already."""
        return self.most_days is not None and self.decide_by is None

    @property
    def latest(self) -> datetime:
        """The latest new closing time."""
        return latest_close(self.closes_at, self.most_days or 0)


def decision_due(closes_at: datetime) -> datetime:
    """Until when it is decided whether there is more time: the same time of day on the next working day."""
    local = closes_at.astimezone(LONDON)
    next_day = working_day_after(local.date(), 1)
    return datetime.combine(next_day, local.time(), LONDON).astimezone(UTC)


def latest_close(closes_at: datetime, days: int) -> datetime:
    """So many days later, at the same time of day in London."""
    return (closes_at.astimezone(LONDON) + timedelta(days=days)).astimezone(UTC)


def allowance_problem(closes_at: datetime, days: int | None) -> str:
    """Why a round cannot be set up with so many days more; empty when it can."""
    if not days:
        return ""
    due = decision_due(closes_at)
    if latest_close(closes_at, days) - due < LEAST_REOPENED:
        return (
            f"More time is decided by {say_moment(due)} at the latest, so {_days(days)} would leave nobody a day to "
            "vote. Allow more days"
        )
    return ""


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def why_no_more_time(rule: MoreTime, now: datetime) -> str:
    """Why nobody can extend voting at this moment; empty where two officers can."""
    if rule.used:
        return "Voting was extended at its closing time already. That can be done once only."
    if now < rule.closes_at:
        return ""
    if rule.decide_by is None:
        return "Voting has ended. The manifest of this round allows no more time, so it cannot be extended any more."
    if now >= rule.decide_by:
        return f"The time to decide ended at {say_moment(rule.decide_by)}. Voting cannot be extended any more."
    return ""


def extension_problem(rule: MoreTime, later: datetime, now: datetime, *, outreach: bool) -> str:
    """Why voting cannot be extended to this time; empty when it can. `outreach`: whether it is said what is done."""
    if no := why_no_more_time(rule, now):
        return no
    if later <= max(rule.closes_at, now):
        return "The new closing time must be later than the present one, and in the future."
    if now < rule.closes_at:
        return ""
    if later > rule.latest:
        return f"The manifest allows {_days(rule.most_days or 0)} more: until {say_moment(rule.latest)} at the latest."
    return "" if outreach else "Say what will be done to reach people, where and for whom. Residents read it."
