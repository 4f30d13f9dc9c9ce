"""Notes which commands the database was sent and how long each took, for whoever is listening in this context.

The listener belongs to the process's client; the note belongs to one request, whose thread sends its commands itself.
"""

from contextvars import ContextVar
from dataclasses import dataclass

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent


@dataclass(frozen=True, slots=True)
class Command:
    """One command that came to an end after so many `seconds`, answered or not."""

    name: str
    seconds: float
    failed: bool = False


# Set by the web's hook at the start of every request; what runs outside of one is not noted.
current: ContextVar[list[Command] | None] = ContextVar("commands", default=None)


class _Listener(CommandListener):
    """Adds every command to the note of its context."""

    def started(self, event: CommandStartedEvent) -> None:
        """Nothing yet."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Note a command that was answered."""
        if (commands := current.get()) is not None:
            commands.append(Command(event.command_name, event.duration_micros / 1e6))

    def failed(self, event: CommandFailedEvent) -> None:
        """Note a command that was refused, or never answered."""
        if (commands := current.get()) is not None:
            commands.append(Command(event.command_name, event.duration_micros / 1e6, failed=True))


LISTENER = _Listener()  # one for all, so that connecting again finds the same options and keeps the client
