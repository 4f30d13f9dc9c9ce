"""The composition root of what only an operator's commands need: no worker carries it."""

from dataclasses import dataclass

from auth_service.bootstrap import Services
from auth_service.config import Settings
from auth_service.services.imports.node_import import NodeImport
from auth_service.services.mass_endings import MassEndings
from auth_service.services.privacy import Privacy
from auth_service.services.stats import Stats


@dataclass(frozen=True, slots=True)
class Operations:
    """The services of the commands, beside those of the application."""

    node_import: NodeImport
    mass_endings: MassEndings
    privacy: Privacy
    stats: Stats


def build_operations(settings: Settings, services: Services) -> Operations:
    """Wire them to the `services` there are."""
    clock, endings, url = services.clock, services.endings, settings.database.url
    return Operations(
        node_import=NodeImport(clock=clock, places=services.places, url=url, sessions=settings.sessions),
        mass_endings=MassEndings(clock=clock, endings=endings, audit=services.audit, url=url),
        privacy=Privacy(clock=clock, endings=endings, days=settings.geo.privacy_days),
        stats=Stats(clock=clock, url=url),
    )
