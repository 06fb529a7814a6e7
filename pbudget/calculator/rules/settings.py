"""The settings of a budget year, under whatever name a council writes them.

setting_named("Band D charge (£)") -> "band_d"      setting_named("Referendum limit, core") -> "core_limit"
setting_named("colour") -> ""
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pbudget.calculator.rules import cells
from pbudget.calculator.rules.blocks import Block
from pbudget.calculator.rules.cells import CellNotUsable

SETTINGS: Mapping[str, Callable[[Mapping[str, str], str], Any]] = {
    "title": cells.text,
    "council": cells.text,
    "year": cells.text,
    "gap": cells.money,
    "tax_base": cells.money,  # Band D homes, with up to two decimals: hundredths of a home
    "band_d": cells.money,
    "core_limit": cells.percent,
    "care_limit": cells.percent,
    "tolerance": cells.money,
    "opens": cells.moment,
    "closes": cells.moment,
}
BESIDE = ("life", "rate")
"""Cells of a setting that stay empty: 6,200,000 without quotation marks would fill them."""
WITH_COMMAS = "an amount or a text with commas in it"
ALSO: Mapping[str, str] = {
    "title": "name budget budgetname budgettitle exercise",
    "council": "authority councilname localauthority",
    "year": "budgetyear financialyear",
    "gap": "gapclose budgetgap gapfind find target savingstarget savingsneeded",
    "tax_base": "counciltaxbase taxbasebanddequivalents banddequivalents bandequivalents taxbasebandd",
    "band_d": "bandd counciltaxbandd banddcounciltax banddtax",
    "core_limit": "core referendumlimit referendum referendumlimitcore referendumcore referendumcorelimit "
    "corereferendumlimit counciltaxreferendumlimit limitcore",
    "care_limit": "care adultsocialcare adultsocialcarelimit adultsocialcareprecept adultsocialcarepreceptlimit asc "
    "asclimit ascprecept referendumlimitadultsocialcare referendumlimitadultsocialcareprecept referendumlimitcare "
    "referendumlimitasc referendumadultsocialcare referendumadultsocialcarelimit referendumcare limitcare "
    "adultsocialcarereferendumlimit limitadultsocialcare socialcareprecept",
    "tolerance": "balancetolerance",
    "opens": "open opening openingat opensat openson openingtime",
    "closes": "close closing closingat closesat closeson closingtime deadline",
}
"""Other names of each setting, without their spaces, signs and FILLING."""
FILLING = frozenset({"the", "of", "a", "in", "to", "on", "and", "date", "current", "charge", "per", "cent", "percent"})
BY_NAME = {
    spelling: name for name in SETTINGS for spelling in (name, name.replace("_", ""), *ALSO.get(name, "").split())
}


def setting_named(written: str) -> str:
    """The setting somebody means, whatever its case, spaces, hyphens and signs; empty where there is none."""
    words = [word for word in re.findall(r"[a-z0-9]+", written.casefold()) if word not in FILLING]
    return BY_NAME.get("".join(words), "")


def read_settings(blocks: Iterable[Block], problems: list[str]) -> dict[str, Any]:
    """What the rows of kind year say: each setting in a row of its own, its name under line, its value under value."""
    found: dict[str, Any] = {}
    for block in blocks:
        name = setting_named(block.name)
        try:
            if not name:
                raise CellNotUsable(f"“{block.name[:40]}” is no setting of a year. There are {', '.join(SETTINGS)}")
            if name in found or len(block.rows) > 1:
                raise CellNotUsable(f"{name} stands there more than once. Keep one row")
            if any(block.rows[0].cells[beside] for beside in BESIDE):
                raise CellNotUsable(f"“{block.name}” has more than a value. Put quotation marks around {WITH_COMMAS}")
            found[name] = SETTINGS[name](block.rows[0].cells, "value")
        except CellNotUsable as error:
            problems.append(f"Row {block.number}: {error}.")
            found[name] = None
    return found


def with_defaults(found: Mapping[str, Any]) -> dict[str, Any]:
    """Every setting that a budget keeps; what the file leaves out is nought, empty or said in general words."""
    council, year = found.get("council"), found.get("year")
    title = " ".join(part for part in (council, "budget" if council else "Budget", year) if part)
    general = {"title": title, "council": "The council", "year": "the coming year"}
    kept = {name: found.get(name) or "" for name in ("opens", "closes")}
    kept |= {name: found.get(name) or words for name, words in general.items()}
    return kept | {name: found.get(name) or 0 for name in ("gap", "tax_base", "core_limit", "care_limit", "tolerance")}
