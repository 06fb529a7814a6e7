"""How a report is shown, to residents and to officers alike: colours, words of the table, the page itself."""

from typing import TYPE_CHECKING

from flask import render_template

from pbudget.guard.queries import ReportView, decisions_on
from pbudget.guard.rules.decisions import CHOICES
from pbudget.kit.texts import listed
from pbudget.rounds.queries import PotView, RoundView

if TYPE_CHECKING:
    from pbudget.guard.participation import Row

COLOURS = {"balanced": "green", "watch": "orange", "at risk of capture": "red", "not enough data": "grey"}
FLAGS = {
    "": "About their share",
    "under": "Fewer than their share",
    "severely under": "Far fewer than their share",
    "over": "More than their share",
    "severely over": "Far more than their share",
    "absent": "Nobody took part",
    "baseline zero": "No residents in the figures",
}
LABELS = {
    "broad": "People of every group",
    "sectional": "Mainly one group",
    "decided by turnout": "Decided by who turned out",
    "shut out by turnout": "Shut out by who turned out",
}


def flag_words(row: "Row") -> str:
    """How a group compares, in the table's last column."""
    if row.residents is None:
        return ""
    return "Too few to show" if row.share is None else FLAGS[row.flag]


def report_page(round_: RoundView, pot: PotView, found: ReportView, *, staff: bool = False) -> str:
    """The page of a report; officers see it before the result is public."""
    return render_template(
        "guard/contest.html",
        contest={"round": round_, "pot": pot},
        found=found,
        document=found.document,
        other_wards=listed([name for name in found.document.wards if name != pot.name]),
        colour=COLOURS[found.document.verdict],
        flag_words=flag_words,
        labels=LABELS,
        decisions=decisions_on(round_.id),
        choices=CHOICES,
        staff=staff,
    )
