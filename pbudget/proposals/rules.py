"""What a proposal must be, and proposals as somebody sends them in a table.

    pot,title,cost,description
    Riverside,New benches by the river,"£12,000",Six benches with backs.

Row 2 is a proposal for the pot Riverside that costs 1,200,000 pence. A row that cannot be used says why; nothing is
saved unless every row can be.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbudget.kit.errors import BadInput
from pbudget.kit.money import read_money
from pbudget.kit.slugs import slug
from pbudget.kit.texts import is_hidden
from pbudget.wards.rules.tables import FileNotUsable, RaggedRow, Row, Table

LONGEST = {"title": 120, "description": 2000, "category": 60, "reference": 40}
MOST_IN_A_POT = 500
FORMULA = ("=", "+", "-", "@")
REQUIRED = ("pot", "title", "cost")
OPTIONAL = ("description", "category", "reference")


class TextNotUsable(BadInput):
    """A title or text that was typed cannot be used; the message says why."""


class SheetNotUsable(BadInput):
    """Some rows of a table cannot be used; `problems` has a sentence for each. Nothing is saved."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"{len(problems)} rows cannot be used. Nothing has been saved.")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class NewProposal:
    """A proposal ready to be saved; the cost in the smallest unit of the currency."""

    pot_id: int
    reference: str
    title: str
    description: str
    category: str
    cost: int


@dataclass(frozen=True)
class PotForSheet:
    """What reading a table needs to know of a pot: by which names it may be called, and what is in it already."""

    id: int
    name: str
    slug: str
    ward_code: str | None
    amount: int
    units: int
    references: frozenset[str]


def usable_text(typed: str, what: str) -> str:
    """A title, description, category or reference in its normal form. Raises TextNotUsable."""
    text = unicodedata.normalize("NFC", typed).replace("\r\n", "\n").strip()
    if len(text) > LONGEST[what]:
        raise TextNotUsable(f"The {what} must be {LONGEST[what]:,} characters or fewer")
    if text.startswith(FORMULA):
        raise TextNotUsable(f"The {what} must not start with {text[0]}: a spreadsheet would take it for a formula")
    if any(is_hidden(letter) for letter in text):
        raise TextNotUsable(f"The {what} has characters that cannot be seen. Type it again")
    return text if what == "description" else " ".join(text.split())


def usable_title(typed: str) -> str:
    """A title that is there and can be used. Raises TextNotUsable."""
    text = usable_text(typed, "title")
    if not text:
        raise TextNotUsable("Enter a title")
    return text


def new_reference(title: str, taken: frozenset[str]) -> str:
    """A reference of its own for a proposal, made from its title: `new-benches`, `new-benches-2`."""
    base = slug(title)[: LONGEST["reference"] - 4].strip("-") or "proposal"
    numbered = (base if number == 1 else f"{base}-{number}" for number in range(1, MOST_IN_A_POT + 2))
    return next(reference for reference in numbered if reference not in taken)


def usable_reference(typed: str) -> str:
    """A reference as ballots and files name it: letters, digits, dots and hyphens. Raises TextNotUsable."""
    text = usable_text(typed, "reference")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise TextNotUsable("A reference has only letters, digits, dots, hyphens and underscores, for example B12")
    return text


def read_sheet(table: Table, pots: Sequence[PotForSheet]) -> tuple[NewProposal, ...]:
    """Every proposal of a table. Raises FileNotUsable (headings) and SheetNotUsable (rows)."""
    missing = [name for name in REQUIRED if name not in table.headings]
    unknown = [name for name in table.headings if name and name not in REQUIRED + OPTIONAL]
    if missing or unknown:
        raise FileNotUsable(_headings_problem(missing, unknown))
    if not table.rows:
        raise FileNotUsable("The table has headings and no rows. Add a row for each proposal.")
    reading = _Reading(pots)
    for row in table.rows:
        reading.take(row)
    if reading.problems:
        raise SheetNotUsable(reading.problems)
    return tuple(reading.proposals)


def _headings_problem(missing: Sequence[str], unknown: Sequence[str]) -> str:
    wanted = "The first row must have the headings pot, title and cost; description, category and reference may follow."
    found = [f"There is no {', '.join(missing)}."] if missing else []
    found += [f"“{name}” is none of them." for name in unknown[:3]]
    return " ".join([wanted, *found])


class _Reading:
    """Collects what the rows of one table say, and what is wrong with them."""

    def __init__(self, pots: Sequence[PotForSheet]) -> None:
        self.pots = names_of_pots(pots)
        self.taken = {pot.id: pot.references for pot in pots}
        self.proposals: list[NewProposal] = []
        self.problems: list[str] = []

    def take(self, row: Row | RaggedRow) -> None:
        """Read one row, or note why it cannot be."""
        if isinstance(row, RaggedRow):
            self.problems.append(f"Row {row.number} has {row.found} cells and the heading {row.expected}.")
            return
        try:
            proposal = self._proposal(row.cells)
        except BadInput as error:
            self.problems.append(f"Row {row.number}: {error}.")
            return
        self.taken[proposal.pot_id] |= {proposal.reference}
        self.proposals.append(proposal)

    def _proposal(self, cells: Mapping[str, str]) -> NewProposal:
        pot = self.pots.get(cells["pot"].casefold())
        if pot is None:
            raise TextNotUsable(f"there is no pot “{cells['pot']}” in this round")
        title, cost = usable_title(cells["title"]), read_money(cells["cost"], pot.units)
        taken = self.taken[pot.id]
        given = cells.get("reference", "")
        reference = usable_reference(given) if given else new_reference(title, taken)
        if reference in taken:
            raise TextNotUsable(f"the reference {reference} is used already in {pot.name}")
        if len(taken) >= MOST_IN_A_POT:
            raise TextNotUsable(f"{pot.name} has {MOST_IN_A_POT} proposals, and that is the most a pot can have")
        description = usable_text(cells.get("description", ""), "description")
        category = usable_text(cells.get("category", ""), "category")
        return NewProposal(pot.id, reference, title, description, category, cost)


def names_of_pots(pots: Sequence[PotForSheet]) -> dict[str, PotForSheet]:
    """Pots by every name a row may use: name, address name, ward code; a name two pots share is left out."""
    named = [(name, pot) for pot in pots for name in {pot.name.casefold(), pot.slug, (pot.ward_code or "").casefold()}]
    names = [name for name, _ in named]
    return {name: pot for name, pot in named if name and names.count(name) == 1}


SHORTEST_BRIEF = 30


def in_brief(text: str, longest: int = 150) -> tuple[str, str]:
    """A description's first sentences, about two lines of them, and the rest of it; nothing and all of it for 0.

    "Swings. Benches." -> ("Swings. Benches.", "")      a sentence too long is cut: ("A very long…", "…sentence.")
    """
    plain = " ".join(text.split())
    if len(plain) <= longest:
        return plain, ""
    if longest < SHORTEST_BRIEF:
        return "", plain
    end = max(plain.rfind(mark, 0, longest) for mark in (". ", "! ", "? "))
    if end > 0:
        return plain[: end + 1], plain[end + 2 :]
    space = plain.rfind(" ", 0, longest)
    cut = space if space > 0 else longest
    return plain[:cut] + "…", "…" + plain[cut:].strip()
