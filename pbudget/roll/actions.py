"""The acts of the room, by name, for the rooms above: finding a voter, loading a roll, codes, letters, the seal."""

from pbudget.roll.forgetting import delete_roll, hide_roll
from pbudget.roll.generating import (
    confirm_download,
    generate_codes,
    prepare_code,
    purge_code_files,
    spoil_batch,
    start_batch,
)
from pbudget.roll.identify import TooManyTries, VotingCodeNotRecognised, VotingCodeReplaced, identify
from pbudget.roll.importing import check_file, clear_interrupted_imports, import_roll
from pbudget.roll.queries import RollEntryView
from pbudget.roll.reissuing import add_entry, give_code, is_live_code, move_entry, register_returned
from pbudget.roll.stopping import hold_voting

__all__ = [
    "RollEntryView",
    "TooManyTries",
    "VotingCodeNotRecognised",
    "VotingCodeReplaced",
    "add_entry",
    "check_file",
    "clear_interrupted_imports",
    "confirm_download",
    "delete_roll",
    "generate_codes",
    "give_code",
    "hide_roll",
    "hold_voting",
    "identify",
    "import_roll",
    "is_live_code",
    "move_entry",
    "prepare_code",
    "purge_code_files",
    "register_returned",
    "spoil_batch",
    "start_batch",
]
