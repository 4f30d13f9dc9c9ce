"""`flask routes`: every route, and who may call it."""

import click
from flask import current_app
from flask.cli import with_appcontext

from auth_service.web.endpoint_policy import policy_of


@click.command("routes")
@with_appcontext
def routes() -> None:
    """Print every route with who may call it."""
    print_routes()


def print_routes() -> None:
    """Print a line for each route of the current application: its methods, its path, and who may call it."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{methods:7} {rule.rule:28} {policy_of(rule.endpoint).access}")
