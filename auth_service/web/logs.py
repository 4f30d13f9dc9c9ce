"""Sets up the process's log: one line an event."""

import logging

from auth_service.config import Settings

log = logging.getLogger("auth_service")


def configure(settings: Settings) -> None:
    """Log to standard error from the configured level on, and say what is accepted but unwise."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log.setLevel(settings.service.log_level.upper())
    for warning in settings.warnings():
        log.warning(warning)
