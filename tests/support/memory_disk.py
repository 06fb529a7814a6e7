"""The tests' files lie in memory where there is room: they are thrown away, and each commit would wait for the disk.

SQLite syncs every transaction, as it must; on a disk that somebody else keeps busy that is most of what a test does.
What the files outlive, kill -9 and a cut-off log, they outlive in memory as well: no test takes the power away.
"""

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free; a run takes less than one of these four GiB."""


def keep_files_in_memory(memory: Path = MEMORY) -> None:
    """Have this process, and every one it starts, make temporary files there, unless a person chose a place."""
    if "TMPDIR" not in os.environ and fits(memory):
        os.environ["TMPDIR"] = str(memory)
        tempfile.tempdir = None


def fits(memory: Path) -> bool:
    """Whether files can be made there, and programs started, and there is room."""
    if not (memory.is_dir() and os.access(memory, os.W_OK | os.X_OK)):
        return False
    may_start_programs = not os.statvfs(memory).f_flag & getattr(os, "ST_NOEXEC", 0)
    return may_start_programs and shutil.disk_usage(memory).free >= ROOM
