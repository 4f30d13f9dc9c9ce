"""Sets up the process's log: one line an event, on standard error."""

import logging
import sys
import threading

from auth_service.settings.settings import Settings
from auth_service.web.log import tracebacks
from auth_service.web.log.lines import StandardError, formatter

log = logging.getLogger("auth_service")


def configure(settings: Settings) -> None:
    """Log from the configured level on, libraries from `warning` on, and warn of settings that are unwise."""
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, StandardError)]:
        root.removeHandler(handler)
    handler = StandardError()
    handler.setFormatter(formatter(development=settings.service.development))
    root.addHandler(handler)
    log.setLevel(settings.service.log_level.upper())
    for warning in settings.warnings():
        log.warning(warning)


def catch_the_rest() -> None:
    """Log what Python would print: warnings, and exceptions that end a thread. For processes that only serve."""
    logging.captureWarnings(True)
    threading.excepthook = _log_ended_thread


def end_without_values() -> None:
    """Print an exception that ends the program without its text, which may hold values. For commands."""
    sys.excepthook = lambda kind, error, trace: print(tracebacks.text(error), file=sys.stderr)


def _log_ended_thread(ended: threading.ExceptHookArgs) -> None:
    name = ended.thread.name if ended.thread else "unknown"
    log.error("the thread %s ended", name, exc_info=ended.exc_value)
