"""`doctor`: examines this installation, and `doctor races` a live service."""

from collections.abc import Iterable
from datetime import timedelta

import click
from flask.cli import AppGroup, with_appcontext

from auth_service.bootstrap.mail import build_texts, open_transport
from auth_service.doctor import examination
from auth_service.doctor.findings import Finding
from auth_service.doctor.races import game as race_game
from auth_service.doctor.races.live_service import LiveService
from auth_service.settings.settings import Settings
from auth_service.web.context import services, settings


@click.group("doctor", cls=AppGroup, invoke_without_command=True)
@with_appcontext
def doctor() -> None:
    """Check this installation and say in plain words what is wrong."""
    if click.get_current_context().invoked_subcommand is None:
        _report(_examine(settings()))


@doctor.command("races")
@click.option("--url", required=True, help="Where the service answers: http://localhost:3020")
@click.option(
    "--rounds", type=click.IntRange(1, 1000), default=5, show_default=True, help="How often each race is run."
)
@click.option("--parallel", type=click.IntRange(2, 64), default=8, show_default=True, help="Refreshes in each.")
@click.option(
    "--window", type=click.FloatRange(min=0), help="The service's, in seconds; by default REFRESH_RACE_WINDOW."
)
def races(url: str, rounds: int, parallel: int, window: float | None) -> None:
    """Play the rotation protocol against the live service at --url, with a throwaway account."""
    length = settings().tokens.race_window if window is None else timedelta(seconds=window)
    _report(race_game.play(LiveService(url), rounds=rounds, parallel=parallel, window=length))


def _examine(ours: Settings) -> list[Finding]:
    return examination.examine(
        ours,
        clock=services().clock,
        unread=Settings.unread(),
        transport=open_transport(ours.mail),
        text_faults=build_texts(ours).faults() if ours.mail.enabled else (),
    )


def _report(findings: Iterable[Finding]) -> None:
    """Print each finding as it comes, and exit with 1 after the last if the operator has to act."""
    fatal = False
    for finding in findings:
        click.echo(finding)
        fatal = fatal or finding.fatal
    if fatal:
        click.get_current_context().exit(1)
