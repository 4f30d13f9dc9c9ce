"""The operator's commands: `flask --app wsgi …`. Each parses, calls a service and prints; they live in `commands/`.

A command is loaded when it is called: no worker carries what only an operator needs.
"""

from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

from auth_service.commands.routes import answer_in_flasks_place

WHERE = {
    "doctor": "doctor",
    "ensure-indexes": "preparation",
    "geo": "geo",
    "import-node": "import_node",
    "migrate": "migrate",
    "privacy": "privacy",
    "routes": "routes",
    "secrets": "secrets",
    "seed-admin": "preparation",
    "sessions": "sessions",
    "stats": "stats",
    "users": "users",
}


class LazyCommands(AppGroup):
    """The commands by their names; the module of each in `WHERE` has it under its name, with `_` for `-`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all."""
        return sorted(WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command of that name; `None` when there is none."""
        if cmd_name not in WHERE:
            return None
        command: click.Command = getattr(
            import_module(f"auth_service.commands.{WHERE[cmd_name]}"), cmd_name.replace("-", "_")
        )
        return command


def init_app(app: Flask) -> None:
    """Register the commands. Call it last: `flask routes` is answered from here, by the finished app."""
    app.cli = LazyCommands()
    answer_in_flasks_place(app)
