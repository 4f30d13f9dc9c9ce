"""What the master lets its workers know: memory that they share with it since their fork.

A reload and a stop reach a worker as the same SIGTERM, and a stop of granian only when it is too late to say so.
"""

import mmap
import struct
import time

LATEST = 10.0  # seconds between the announcement of a replacement and the SIGTERM to the worker
FIELDS = struct.Struct("d?")  # when a replacement was announced, by the monotonic clock; whether the service stops

_shared = mmap.mmap(-1, FIELDS.size)


def announce_replacement() -> None:
    """Called in the master: the workers that get a SIGTERM next are replaced, and the service goes on."""
    _shared[:] = FIELDS.pack(time.monotonic(), False)


def is_replacing() -> bool:
    """Whether the master has announced a replacement a moment ago."""
    announced: float = FIELDS.unpack(_shared[:])[0]
    return announced > 0 and time.monotonic() - announced < LATEST


def announce_stop() -> None:
    """Called in the master: the service is about to stop."""
    _shared[:] = FIELDS.pack(0, True)


def is_stopping() -> bool:
    """Whether the master has announced that the service stops."""
    stopping: bool = FIELDS.unpack(_shared[:])[1]
    return stopping
