"""What a Pabulib file says about itself, in the words of a page.

META `unit;Gdynia`, `instance;2022`, `subunit;Chylonia | large` is the contest "Chylonia (large)" of the round
"Gdynia 2022". A file without a subunit or district is the contest "All of Gdynia".
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePath

from pbudget.kit.slugs import slug
from pbudget.kit.texts import without_hidden
from pbudget.tally.election import Election

DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


@dataclass(frozen=True)
class Contest:
    """Which round and which pot of it a file belongs to."""

    round_name: str
    place: str
    name: str

    @property
    def round_slug(self) -> str:
        """The round's part of the address."""
        return slug(self.round_name)

    @property
    def slug(self) -> str:
        """The pot's part of the address."""
        return slug(self.name)


def plain(election: Election) -> Election:
    """The election without characters nobody can see: a title must not change how the figures beside it read."""

    def clean(texts: Mapping[str, str]) -> dict[str, str]:
        return {key: without_hidden(text) for key, text in texts.items()}

    projects = tuple(
        replace(
            each,
            name=without_hidden(each.name),
            category=without_hidden(each.category),
            columns=clean(each.columns),
        )
        for each in election.projects
    )
    return replace(election, projects=projects, meta=clean(election.meta))


def contest_of(meta: Mapping[str, str], file_name: str) -> Contest:
    """Name the round and the contest of a file; a file that does not say is named after itself."""
    unit, instance = meta.get("unit", "").strip(), meta.get("instance", "").strip()
    round_name = instance if " " in instance else f"{unit} {instance}".strip()
    part, _, kind = (meta.get("subunit") or meta.get("district") or "").strip().partition(" | ")
    name = f"{part} ({kind})" if kind else part
    place = ", ".join(text for text in (unit, meta.get("country", "").strip()) if text)
    return Contest(
        round_name=_short(round_name or PurePath(file_name).stem),
        place=_short(place),
        name=_short(name or (f"All of {unit}" if unit else "The whole place")),
    )


def _short(text: str) -> str:
    """At most 200 characters, the width of the column, cut visibly; without characters that turn the text round."""
    text = without_hidden(text)
    return text if len(text) <= 200 else text[:199] + "…"


def day_in(meta: Mapping[str, str], key: str) -> date | None:
    """A full date such as `11.09.2019`; None where the file gives less or something else."""
    match = DAY.fullmatch(meta.get(key, "").strip())
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def dates_as_stated(meta: Mapping[str, str]) -> str:
    """What the file says of its dates where they are not days: `2015`, `2019 to 2020`."""
    begins, ends = (meta.get(key, "").strip() for key in ("date_begin", "date_end"))
    return (begins if begins in (ends, "") or not ends else f"{begins} to {ends}")[:80] or ends[:80]


def language_in(meta: Mapping[str, str]) -> str:
    """The language its projects are written in, as HTML's `lang` takes it; empty where unknown."""
    stated = meta.get("language", "").strip()
    return stated if LANGUAGE.fullmatch(stated) else ""


def ballot_sizes(election: Election) -> dict[str, int]:
    """Ballots by the number of projects they name: `{"0": 3, "1": 120}`, smallest first."""
    sizes: Counter[int] = Counter()
    for ballot in election.classes:
        sizes[len(ballot.choices)] += ballot.times
    return {str(size): sizes[size] for size in sorted(sizes)}


def stated_winners(election: Election) -> list[str]:
    """Project ids the file marks as selected (`1`), in text order; empty where it has no such column."""
    return sorted(project.id for project in election.projects if project.columns.get("selected", "").strip() == "1")
