"""`flask routes`: every route, and who may call it."""

import click
import flask.cli
from flask import Flask, current_app
from flask.cli import with_appcontext

from auth_service.web.endpoint_policy import policy_of


@click.command("routes")
@with_appcontext
def routes() -> None:
    """Print every route with who may call it."""
    print_routes()


def answer_in_flasks_place(app: Flask) -> None:
    """Print `app`'s routes when it is Flask's own `routes` that runs.

    Flask looks for its own command of that name before the app's, and runs it once the app is loaded: which is now.
    """
    context = click.get_current_context(silent=True)
    if context is not None and context.command is flask.cli.routes_command:
        with app.app_context():
            print_routes()
        context.exit()


def print_routes() -> None:
    """A line a route: its methods, its path, and who may call it."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:7} {rule.rule:28} {policy_of(rule.endpoint).access}")
