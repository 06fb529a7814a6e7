"""What of the desk's numbers the ledger has not said yet: the next checkpoint says it, at the latest the close.

No act of the desk is an entry of its own: it would stand just before the ballot that follows it and say whose it is.
"""

from collections import Counter

from pbudget.ledger.queries import acts
from pbudget.roll.queries import desk_totals


def numbers_not_in_ledger(round_id: int) -> dict[str, int]:
    """The desk's numbers by name, less what earlier entries said. Ask while the ledger is held."""
    said = numbers_in_ledger(round_id)
    return {name: number - said[name] for name, number in desk_totals(round_id).as_json().items()}


def numbers_in_ledger(round_id: int) -> Counter[str]:
    """What the entries of the ledger have said so far, added up."""
    said: Counter[str] = Counter()
    for entry in acts(round_id):
        said.update((entry.body or {}).get("counts", {}))
    return said
