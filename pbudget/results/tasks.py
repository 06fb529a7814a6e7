"""Jobs of this room: count a round, count it again."""

from collections.abc import Mapping
from typing import Any

from pbudget.jobs.progress import Progress
from pbudget.results.counting import count_round
from pbudget.results.officer_acts import delete_rolls_of_sealed_rounds, destroy_keys_of_sealed_rounds
from pbudget.results.recounting import recount_round

COUNT, RECOUNT = "count", "recount"


def count_ballots(payload: Mapping[str, Any], progress: Progress) -> None:
    """Count a closed round; what keeps it from being counted is the job's message."""
    count_round(payload["round"], payload["actor"])
    progress(1, 1, "Counted, and the recount agrees.")


def recount_ballots(payload: Mapping[str, Any], progress: Progress) -> None:
    """Recount every contest of a round from its file alone."""
    agrees = recount_round(payload["round"], payload["actor"])
    progress(1, 1, "The recount agrees." if agrees else "The recount DIFFERS.")


def delete_rolls() -> None:
    """Delete what is left of the rolls of sealed rounds."""
    delete_rolls_of_sealed_rounds()


def destroy_keys() -> None:
    """Destroy on this machine what is left of the keys of sealed rounds."""
    destroy_keys_of_sealed_rounds()
