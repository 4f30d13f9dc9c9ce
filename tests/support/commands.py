"""What really goes to MongoDB: the commands that are sent, and what its profiler saw of them."""

from contextlib import contextmanager

from mongoengine.connection import get_connection
from pymongo import monitoring


class _Recorder(monitoring.CommandListener):
    def __init__(self):
        self.seen = []

    def started(self, event):
        if event.command_name not in ("hello", "ping", "endSessions"):
            self.seen.append((event.command_name, event.command.get(event.command_name)))

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


@contextmanager
def recorded_commands():
    """A list that fills with `(command, collection)` as they are sent by the process's client."""
    recorder = _Recorder()
    listeners = get_connection()._event_listeners
    previous = listeners._EventListeners__command_listeners, listeners._EventListeners__enabled_for_commands
    listeners._EventListeners__command_listeners = [*previous[0], recorder]
    listeners._EventListeners__enabled_for_commands = True
    try:
        yield recorder.seen
    finally:
        listeners._EventListeners__command_listeners, listeners._EventListeners__enabled_for_commands = previous


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
