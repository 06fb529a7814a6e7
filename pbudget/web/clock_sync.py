"""Does this machine's clock follow a time server? Rounds close to the second, so readiness asks.

The kernel says so (adjtimex(2), read only, no privilege needed). Elsewhere, or in a box that hides it, nobody knows:
that is said and is no fault.
"""

import ctypes
import sys

ERROR = 5
"""What adjtimex returns while the clock is not synchronised (linux/timex.h: TIME_ERROR)."""
NOT_SYNCHRONISED = 0x0040
"""The bit of the status that says the same (STA_UNSYNC)."""


class _Timex(ctypes.Structure):
    """The beginning of the kernel's struct timex, and room for the rest of it."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


def is_clock_synchronised() -> bool | None:
    """Whether the kernel holds the clock for synchronised; None where it cannot be asked."""
    if sys.platform != "linux":
        return None
    answer = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(answer))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != ERROR and not answer.status & NOT_SYNCHRONISED


def say_clock(synchronised: bool | None) -> str:
    """The clock's state as the readiness page says it; empty when it is as it should be."""
    if synchronised is None:
        return "whether this machine's clock is synchronised cannot be told here: see to it by hand"
    return "" if synchronised else "this machine's clock is not synchronised: start chrony or systemd-timesyncd"
