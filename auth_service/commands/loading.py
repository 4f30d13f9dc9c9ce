"""Loads the application for `wsgi.py`, which gunicorn serves and the `flask` command asks for its commands."""

from collections.abc import Callable

import click
from flask import Flask
from flask.cli import FlaskGroup, routes_command

from auth_service.commands.cli import CommandsWithoutSettings
from auth_service.commands.routes import print_routes
from auth_service.settings.environment import ConfigurationError
from auth_service.web.log.setup import end_without_values


def load(create_app: Callable[[], Flask]) -> Flask:
    """The application that `create_app` builds.

    Flask finds its own `routes` before any command of the application's, and runs it on the application it loads. That
    command is answered here instead, and ends. While Flask looks for a command of the application, missing settings
    only rule out the commands that need them.

    Raises:
        ConfigurationError: the settings are invalid, and the application is to be served or to run.
        click.exceptions.Exit: the routes were printed.
    """
    context = click.get_current_context(silent=True)
    command = context.command if context else None
    if context:
        end_without_values()
    try:
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


def _without_settings(error: ConfigurationError) -> Flask:
    """An application with those commands alone that need no settings; every other one raises `error`."""
    app = Flask("auth_service", static_folder=None)
    app.cli = CommandsWithoutSettings(error)
    return app
