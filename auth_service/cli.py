"""The operator's commands: `flask --app wsgi …`. Each parses, calls a service and prints; they live in `commands/`."""

from flask import Flask

from auth_service.commands.doctor import doctor
from auth_service.commands.geo import geo
from auth_service.commands.import_node import import_node
from auth_service.commands.migrate import migrate
from auth_service.commands.preparation import ensure_indexes, seed_admin
from auth_service.commands.privacy import privacy
from auth_service.commands.routes import answer_in_flasks_place, routes
from auth_service.commands.secrets import secrets
from auth_service.commands.sessions import sessions
from auth_service.commands.stats import stats
from auth_service.commands.users import users

COMMANDS = (
    *(ensure_indexes, seed_admin, users, sessions, secrets, routes, doctor),
    *(migrate, import_node, stats, geo, privacy),
)


def init_app(app: Flask) -> None:
    """Register the commands. Call it last: `flask routes` is answered from here, by the finished app."""
    for command in COMMANDS:
        app.cli.add_command(command)
    answer_in_flasks_place(app)
