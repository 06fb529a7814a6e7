"""Asks pabutools for the outcomes of the two largest real elections and stores them in `tally.json`.

From the repository, with the real files in ../shared/data/pabulib (a few minutes and 2.4 GB of memory):

    .venv/bin/python -m tests.golden.make_tally
"""

import json
from importlib.metadata import version
from pathlib import Path

from tests.tally.oracle import winners_in_file
from tests.tally.test_oracle import LARGE, RULES, SHARED, rule_name

STORED = Path(__file__).with_name("tally.json")


def main() -> None:
    """Count every large file by every rule that applies and write the winners down."""
    outcomes = {
        stem: {
            rule_name(rule): found
            for rule in RULES
            if (found := winners_in_file(SHARED / f"{stem}.pb", rule)) is not None
        }
        for stem in sorted(LARGE)
    }
    made = {"command": "python -m tests.golden.make_tally", "pabutools": version("pabutools"), "winners": outcomes}
    STORED.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
