"""The reports of a round in its result bundle: what their pages say, small counts left out, and what was decided."""

import json
from dataclasses import asdict
from typing import Any

from pbudget.guard.queries import decisions_on, reports_by_contest
from pbudget.guard.rules.decisions import CHOICES
from pbudget.results.rules.bundling import REPORTS

FILE = "reports.json"
NOT_PUBLIC = ("ratio",)
"""Left out of every row: it is made of exact counts, and no page shows it."""
ONLY_TOGETHER = ("cluster", "wards")
"""Only in a report on wards that are looked at together; it stands once, at the first of them."""


def reports_in_bundle(round_id: int) -> dict[str, str]:
    """The file by its name, or nothing where no report was made. The same reports give the same bytes."""
    reports = reports_by_contest(round_id)
    if not reports:
        return {}
    programme = next(iter(reports.values())).programme
    content = {
        "about": "Who took part beside who lives here. Counts are rounded, small groups are left out (null).",
        "reports": {slug: _public(asdict(found.document)) for slug, found in reports.items()},
        "whole_round": list(programme),
        "decisions": [
            {
                "decision": CHOICES[each.decision].title,
                "reason": each.reason,
                "on": each.decided_on.isoformat(),
                "held_until": each.held_until.isoformat() if each.held_until else None,
            }
            for each in decisions_on(round_id)
        ],
    }
    return {REPORTS: json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"}


def _public(document: dict[str, Any]) -> dict[str, Any]:
    tables = [
        {**table, "rows": [{k: v for k, v in row.items() if k not in NOT_PUBLIC} for row in table["rows"]]}
        for table in document["participation"]
    ]
    public = {**document, "participation": tables}
    return {name: value for name, value in public.items() if value or name not in ONLY_TOGETHER}
