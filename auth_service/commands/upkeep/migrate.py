"""`migrate`: runs or lists the migrations of the database."""

import click
from flask.cli import with_appcontext

from auth_service.commands.clear_errors import clear_errors
from auth_service.database.migrations import Migration, MigrationFailed, State
from auth_service.web.context import services

NOTES = {
    State.CHANGED: "  its file was changed since; it is not run again",
    State.GONE: "  its file is gone",
}


@click.command("migrate")
@click.option("--status", is_flag=True, help="List all migrations with their states, and run none.")
@click.option("--dry-run", is_flag=True, help="List the pending migrations, and run none.")
@with_appcontext
@clear_errors()
def migrate(status: bool, dry_run: bool) -> None:
    """Run the pending migrations in the order of their numbers."""
    try:
        if status:
            _print_status()
        elif dry_run:
            _print_pending()
        else:
            _run()
    except MigrationFailed as error:
        raise click.ClickException(str(error)) from None


def _print_status() -> None:
    for each in services().migrations.status():
        ran = f"{each.ran_at:%Y-%m-%d %H:%M} UTC  {each.seconds:.2f} s" if each.ran_at else ""
        click.echo(f"{each.state:<8} {each.name:<32} {ran}{NOTES.get(each.state, '')}".rstrip())


def _print_pending() -> None:
    pending = services().migrations.pending()
    click.echo("\n".join(f"would run {name}" for name in pending) or "Nothing is pending")


def _run() -> None:
    done: list[Migration] = []

    def report(migration: Migration) -> None:
        done.append(migration)
        click.echo(f"ran {migration.name} in {migration.seconds:.2f} s")

    services().migrations.run(done=report, waiting=lambda: click.echo("Another process is migrating; waiting for it"))
    click.echo(f"{len(done)} run, nothing is pending")
    for each in services().migrations.status():
        if each.state is State.CHANGED:
            click.echo(f"{each.name}:{NOTES[State.CHANGED]}", err=True)
