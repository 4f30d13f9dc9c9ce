"""The operator's commands, `python -m auth_service …`: each parses its arguments, calls a service, prints the result.

A command's module is imported when the command is run, so that a worker does not load what only an operator needs.
"""

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

from auth_service.settings.environment import ConfigurationError

MODULES = {
    "doctor": "doctor",
    "ensure-indexes": "upkeep.preparation",
    "factors": "factors",
    "geo": "geo",
    "import-node": "upkeep.import_node",
    "keys": "secrets",
    "mail": "mail",
    "migrate": "upkeep.migrate",
    "privacy": "upkeep.privacy",
    "routes": "routes",
    "secrets": "secrets",
    "seed-admin": "upkeep.preparation",
    "sessions": "sessions",
    "stats": "upkeep.stats",
    "users": "users",
}
WITHOUT_SETTINGS = ("keys", "secrets")


class LazyCommands(AppGroup):
    """The commands by name. A command is an attribute of its module in `MODULES`, with `_` for each `-` of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, sorted."""
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; `None` when there is none."""
        if cmd_name not in MODULES:
            return None
        command: click.Command = getattr(
            import_module(f"auth_service.commands.{MODULES[cmd_name]}"), cmd_name.replace("-", "_")
        )
        return command


class CommandsWithoutSettings(LazyCommands):
    """The commands that run before there is a valid configuration; `error` says why the others do not."""

    def __init__(self, error: ConfigurationError) -> None:
        super().__init__()
        self._error = error

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of those that need no settings."""
        return list(WITHOUT_SETTINGS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name.

        Raises:
            ConfigurationError: it needs settings.
        """
        if cmd_name not in WITHOUT_SETTINGS:
            raise self._error
        return super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli = LazyCommands()
