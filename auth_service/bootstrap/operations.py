"""The composition root of what only an operator's commands need: no worker carries it."""

from dataclasses import dataclass

from auth_service.bootstrap.services import Services
from auth_service.monitoring.stats import Stats
from auth_service.services.audit.privacy import Privacy
from auth_service.services.imports.node_import import NodeImport
from auth_service.services.mail.operation.dead_mails import DeadMails
from auth_service.services.sessions.mass_ending import MassEnding
from auth_service.settings.settings import Settings


@dataclass(frozen=True, slots=True)
class Operations:
    """The services of the commands, beside those of the application."""

    node_import: NodeImport
    mass_ending: MassEnding
    privacy: Privacy
    stats: Stats
    dead_mails: DeadMails


def build_operations(settings: Settings, services: Services) -> Operations:
    """Wire them to the `services` there are."""
    clock, ending, url = services.clock, services.ending, settings.database.url
    return Operations(
        node_import=NodeImport(clock=clock, places=services.geo.places, url=url, sessions=settings.sessions),
        mass_ending=MassEnding(clock=clock, ending=ending, url=url),
        privacy=Privacy(clock=clock, expire=ending.expire_each, days=settings.geo.privacy_days),
        stats=Stats(clock=clock, url=url),
        dead_mails=DeadMails(clock=clock),
    )
