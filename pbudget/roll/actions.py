"""The acts of the room, by name, for the rooms above: finding a voter, loading a roll, codes, letters, the seal."""

from pbudget.roll.generating import confirm_download, generate_codes, purge_code_files, spoil_batch, start_batch
from pbudget.roll.identify import TooManyTries, VotingCodeNotRecognised, VotingCodeReplaced, identify
from pbudget.roll.importing import check_file, clear_interrupted_imports, import_roll
from pbudget.roll.queries import RollEntryView
from pbudget.roll.reissuing import add_entry, delete_roll, move_entry, register_returned, reissue, stop_codes

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
    "identify",
    "import_roll",
    "move_entry",
    "purge_code_files",
    "register_returned",
    "reissue",
    "spoil_batch",
    "start_batch",
    "stop_codes",
]
