"""Records the database commands of a request with their durations.

pymongo calls the listener in the thread that sends a command, so a context variable leads it to the request's list.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent


@dataclass(frozen=True, slots=True)
class Command:
    """One finished command: its name, its duration in seconds, and whether it failed or was not answered."""

    name: str
    seconds: float
    failed: bool = False


# Set at the start of every request; commands outside of a request are not recorded.
current: ContextVar[list[Command] | None] = ContextVar("commands", default=None)


class _Listener(CommandListener):
    """Appends every finished command to the list of the current context."""

    def started(self, event: CommandStartedEvent) -> None:
        """Record nothing: the command has no duration yet."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Record a command that succeeded."""
        if (commands := current.get()) is not None:
            commands.append(Command(event.command_name, event.duration_micros / 1e6))

    def failed(self, event: CommandFailedEvent) -> None:
        """Record a command that the database refused or did not answer."""
        if (commands := current.get()) is not None:
            commands.append(Command(event.command_name, event.duration_micros / 1e6, failed=True))


LISTENER = _Listener()  # one a process: connecting again with the same options keeps the client
