"""Loads the application for `wsgi.py`, which a server serves, and which the command `flask` may ask for commands.

`python -m auth_service` is the documented way to the commands; `flask` does the same, or refuses.
"""

from collections.abc import Callable

import click
from dotenv import dotenv_values, find_dotenv
from flask import Flask
from flask.cli import FlaskGroup, ScriptInfo, routes_command

from auth_service.commands.cli import CommandsWithoutSettings
from auth_service.commands.routes import print_routes
from auth_service.settings.dotenv_file import read_dotenv
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings
from auth_service.web.log.setup import end_without_values

DIFFERS = "{name}: `flask` has another value for it from .env than the server; use `.venv/bin/python -m auth_service`"


def load(create_app: Callable[[], Flask]) -> Flask:
    """The application that `create_app` builds.

    Flask finds its own `routes` before any command of the application's, and runs it on the application it loads. That
    command is answered here instead, and ends. While Flask looks for a command of the application, missing settings
    only rule out the commands that need them.

    Raises:
        ConfigurationError: the settings are invalid, and the application is to be served or to run; or `flask` took
            other values from a `.env` than the server does.
        click.exceptions.Exit: the routes were printed.
    """
    context = click.get_current_context(silent=True)
    command = context.command if context else None
    if context:
        end_without_values()
    try:
        if context:
            _require_the_values_of_the_server(context)
        app = create_app()
    except ConfigurationError as error:
        if not isinstance(command, FlaskGroup):
            raise
        return _without_settings(error)
    if context and command is routes_command:
        with app.app_context():
            print_routes()
        context.exit()
    return app


def _require_the_values_of_the_server(context: click.Context) -> None:
    """Flask expands `${NAME}` in a `.env`, reads `.flaskenv` as well, and looks for both in the folders above."""
    info = context.find_object(ScriptInfo)
    if not (info and info.load_dotenv_defaults):
        return
    theirs = {
        **dotenv_values(find_dotenv(".flaskenv", usecwd=True), encoding="utf-8"),
        **dotenv_values(find_dotenv(".env", usecwd=True), encoding="utf-8"),
    }
    ours = read_dotenv(".env")
    different = [name for name in Settings.variables() if (theirs.get(name) or "") != ours.get(name, "")]
    if different:
        raise ConfigurationError([DIFFERS.format(name=name) for name in different])


def _without_settings(error: ConfigurationError) -> Flask:
    """An application with those commands alone that need no settings; every other one raises `error`."""
    app = Flask("auth_service", static_folder=None)
    app.cli = CommandsWithoutSettings(error)
    return app
