"""Intake counters: ballots by way of voting and five minutes, and nothing of any one ballot; from them, bursts.

Counted at 12:00:01 and again at 12:05:02, seven online ballots more in the ledger   ->  {12:00: 7}
The worker was away from 12:00 to 12:15, seven more                                  ->  {12:00: 2, 12:05: 2, 12:10: 3}

A gap is spread evenly: nobody knows when in it the ballots came, and one heap of them would look like a burst. Time in
which voting had stopped is no time. Source: spec/guard.md 1.4 and 9.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pbudget.guard.rules.bursts import BUCKET, Burst, burst, times_of

STEP = timedelta(seconds=BUCKET)
STAFFED = ("kiosk", "roadshow")
"""Ways of voting at a place where people stand in line: there a burst is for somebody to look at."""
TESTED = ("online", *STAFFED)
"""Paper is keyed in by the batch, so it always comes in bursts."""
PLACES = {"kiosk": "at the kiosks", "roadshow": "at road shows", "online": "online"}
Pause = tuple[datetime, datetime]


def nearest_step(moment: datetime) -> datetime:
    """The full five minutes nearest to a moment (UTC)."""
    since = moment.timestamp() + BUCKET / 2
    return datetime.fromtimestamp(since - since % BUCKET, moment.tzinfo)


def steps_between(since: datetime, until: datetime, pauses: Sequence[Pause] = ()) -> list[datetime]:
    """The beginnings of the five minutes from one moment to another in which votes could come."""
    first, last = nearest_step(since), nearest_step(until)
    steps = [first + n * STEP for n in range(max(0, int((last - first) / STEP)))]
    return [step for step in steps if not any(begin <= step and step + STEP <= end for begin, end in pauses)]


def spread(ballots: int, steps: Sequence[datetime]) -> dict[datetime, int]:
    """So many ballots as evenly as whole numbers allow; five minutes without any are left out."""
    upto = [n * ballots // len(steps) for n in range(len(steps) + 1)]
    shares = {step: upto[n + 1] - upto[n] for n, step in enumerate(steps)}
    return {step: share for step, share in shares.items() if share}


def voting_seconds(since: datetime, moment: datetime, pauses: Sequence[Pause] = ()) -> float:
    """How long votes could come between the opening and a moment."""
    stopped = sum((max(timedelta(0), min(end, moment) - begin) for begin, end in pauses), timedelta(0))
    return (moment - since - stopped).total_seconds()


def bursts_of(
    counters: Mapping[str, Mapping[datetime, int]], opens: datetime, closes: datetime, pauses: Sequence[Pause] = ()
) -> dict[str, Burst]:
    """The ways of voting whose busiest half hour neither chance nor their own rhythm explains."""
    long = voting_seconds(opens, closes, pauses)
    found = {}
    for site in TESTED:
        buckets: dict[int, int] = {}
        for step, ballots in counters.get(site, {}).items():
            number = max(0, int(voting_seconds(opens, step, pauses) // BUCKET))
            buckets[number] = buckets.get(number, 0) + ballots
        found[site] = burst(times_of(buckets), long)
    return {site: each for site, each in found.items() if each.flagged}


def says_watch(bursts: Mapping[str, Burst]) -> bool:
    """Whether somebody should look: at a kiosk or road show; online, a reminder or the news does the same."""
    return any(site in STAFFED for site in bursts)


def sentences_on(bursts: Mapping[str, Burst]) -> tuple[str, ...]:
    """What a report says of them; the number is rounded to five."""
    return tuple(_sentence(site, each) for site, each in bursts.items())


def _sentence(site: str, found: Burst) -> str:
    assert found.k is not None
    often = (
        "Ask the staff who were there: a class or a group may have come together."
        if site in STAFFED
        else "A reminder or the news often does that, so by itself it says nothing."
    )
    many = 5 * round(found.k / 5)
    return f"About {many:,} votes came {PLACES[site]} within half an hour, many more than is usual there. {often}"
