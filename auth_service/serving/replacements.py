"""Tells workers whether the master is replacing them or stopping as a whole: both reach them as the same SIGTERM.

The master writes the time of a reload into memory that it shares with its workers since their fork.
"""

import mmap
import struct
import time

LATEST = 10.0  # seconds between a reload and the SIGTERM to a worker that it replaces
TIME = struct.Struct("d")

_shared = mmap.mmap(-1, TIME.size)


def announce() -> None:
    """Called in the master: the workers that get a SIGTERM next are replaced, and the service goes on."""
    _shared[:] = TIME.pack(time.monotonic())


def is_under_way() -> bool:
    """Whether the master has announced a replacement a moment ago."""
    (announced,) = TIME.unpack(_shared[:])
    return announced > 0 and time.monotonic() - announced < LATEST
