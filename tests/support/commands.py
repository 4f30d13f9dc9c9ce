"""What really goes to MongoDB: the commands that are sent, and what its profiler saw of them."""

import traceback
from contextlib import contextmanager
from pathlib import Path

from mongoengine.connection import get_connection
from pymongo import monitoring

import auth_service

PACKAGE = Path(auth_service.__file__).parent


class _Recorder(monitoring.CommandListener):
    """Hands the beginning of each command to `record`, in the thread that sends it."""

    def __init__(self, record):
        self._record = record

    def started(self, event):
        if event.command_name not in ("hello", "ping", "endSessions"):
            self._record(event)

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@contextmanager
def _recorded(record):
    listeners = get_connection()._event_listeners
    previous = listeners._EventListeners__command_listeners, listeners._EventListeners__enabled_for_commands
    listeners._EventListeners__command_listeners = [*previous[0], _Recorder(record)]
    listeners._EventListeners__enabled_for_commands = True
    try:
        yield
    finally:
        listeners._EventListeners__command_listeners, listeners._EventListeners__enabled_for_commands = previous


@contextmanager
def recorded_commands():
    """A list that fills with `(command, collection)` as they are sent by the process's client."""
    seen = []
    with _recorded(lambda event: seen.append((event.command_name, event.command.get(event.command_name)))):
        yield seen


@contextmanager
def recorded_callers(view):
    """A set that fills with the files of the package that call each other from the file `view` down to a command."""
    seen = set()

    def record(_event):
        files = [frame.filename for frame in traceback.extract_stack() if PACKAGE in Path(frame.filename).parents]
        names = [str(Path(each).relative_to(PACKAGE)) for each in files]
        if view in names:
            seen.update(names[names.index(view) :])

    with _recorded(record):
        yield seen


@contextmanager
def profiled(database, condition):
    """A list that is filled, when the block is left, with the profiler's records that meet `condition`."""
    database.system.profile.drop()
    database.command("profile", 2)
    seen = []
    try:
        yield seen
    finally:
        database.command("profile", 0)
        seen += database.system.profile.find(condition)
