"""When things are done and how often they are tried. Pure arithmetic on moments.

Daily(6).next_after(27 March 2027, 07:00 UTC)  ->  28 March 2027, 05:00 UTC     (the clocks went forward)
Every(60).next_after(noon)                     ->  a minute past noon
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pbudget.kit.clock import LONDON, say_moment

LEASE = timedelta(seconds=60)
"""How long a job stays with a worker that gives no sign of life."""
BEAT_SECONDS = 15.0
"""How often a worker gives a sign of life: a quarter of the lease."""
MOST_ATTEMPTS = 5
"""Starts without moving on, after which a job has failed."""
FIRST_PAUSE = timedelta(seconds=15)
DUTY_PAUSE = timedelta(minutes=5)
WORKER_MISSED_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Daily:
    """Once a day at this time in London; one that was missed is made good as soon as a worker is there."""

    hour: int
    minute: int = 0

    def next_after(self, moment: datetime) -> datetime:
        """The next time after `moment`, in UTC."""
        local = moment.astimezone(LONDON)
        today = local.replace(hour=self.hour, minute=self.minute, second=0, microsecond=0, fold=0)
        later = today if today.astimezone(UTC) > moment else today + timedelta(days=1)
        return later.astimezone(UTC)


@dataclass(frozen=True)
class Every:
    """Again and again, with this many seconds between; for duties that mostly find nothing to do."""

    seconds: float

    def next_after(self, moment: datetime) -> datetime:
        """The next time after `moment`."""
        return moment + timedelta(seconds=self.seconds)


@dataclass(frozen=True)
class OnTheClock:
    """At each full so many seconds of the clock: OnTheClock(300) at 12:00, 12:05 and 12:10."""

    seconds: int

    def next_after(self, moment: datetime) -> datetime:
        """The next time after `moment`."""
        return moment + timedelta(seconds=self.seconds - moment.timestamp() % self.seconds)


def pause_after(attempts: int) -> timedelta:
    """How long a job waits after its first, second, … failed start: 15 s, 30 s, 1 min, 2 min."""
    return FIRST_PAUSE * (1 << attempts - 1)


def retry_of_duty(planned: datetime, now: datetime) -> datetime:
    """When a duty that failed is tried again: in five minutes, or at its next time if that is sooner."""
    return min(planned, now + DUTY_PAUSE)


def is_worker_missing(last_seen: datetime | None, now: datetime) -> bool:
    """Whether no worker has given a sign of life for two minutes, so that e-mail and jobs wait."""
    return last_seen is None or now - last_seen > WORKER_MISSED_AFTER


def say_worker_missing(last_seen: datetime | None) -> str:
    """What officers read when e-mail, jobs and checkpoints wait."""
    since = f"since {say_moment(last_seen)}" if last_seen else "yet"
    return (
        f"No worker has been seen {since}, so e-mail, jobs and checkpoints wait. "
        "Ask whoever runs this service to start pbudget work."
    )


def say_progress(state: str, progress: int, total: int, message: str = "") -> str:
    """Where a job stands, as a page says it: `1,200 of 50,000 done (2%)`."""
    if message:
        return message
    if state == "queued":
        return "Waiting for its turn"
    if state == "done":
        return "Finished"
    if state == "failed":
        return "Not finished"
    return f"{progress:,} of {total:,} done ({100 * progress // total}%)" if total else "Under way"
