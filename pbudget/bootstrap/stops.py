"""Why set-up stopped. The message is the one line the person reads: what happened and what to do."""

from pathlib import Path


class SetUpStopped(Exception):
    """Set-up cannot go on; the person sees `pbudget: <message>`, no traceback, and a non-zero exit status."""


class ToolMissing(SetUpStopped):
    """Something the machine lacks (Python's venv, npm, Chromium); the message says how to get it."""


class ToolFailed(SetUpStopped):
    """A tool that set-up runs ended badly; the message names the step, the cause if known, and the log."""

    def __init__(self, step: str, cause: str, log: Path) -> None:
        """Keep the log's path, so that a caller can read more of it."""
        super().__init__(f"{step}: {cause} The output is in {log}")
        self.log = log


class PortNotUsable(SetUpStopped):
    """The web address to serve on is taken or not allowed; found before the long part starts."""


class FolderNotWritable(SetUpStopped):
    """The project's folder cannot be written in, or its disk is full."""


class VotingIsOpen(SetUpStopped):
    """A round is open and this version would change the database; found before anything is replaced."""


class AssetsNotClean(SetUpStopped):
    """A style sheet still names a font or an image that only GOV.UK may use."""
