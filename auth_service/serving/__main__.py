"""`python -m auth_service.serving`: serves by granian, the second server beside gunicorn, with the same settings."""

import importlib
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels, logger

from auth_service.bootstrap.configuration import read_settings
from auth_service.monitoring import worker_files
from auth_service.serving import announcements, open_files
from auth_service.serving.orderly_stop import OrderlyStop
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.settings import Settings

ENTRY_POINT = "wsgi"  # the module that gunicorn serves, too
HEADER_TIMEOUT = 10_000  # milliseconds, for the headers of a request
KILL_TIMEOUT = 10  # seconds after STOP_DELAY until a worker that does not end is killed
BACKLOG = 1024  # connections
LONGEST_REST = 64 * 1024  # bytes of a body that are read after its request was refused


def main() -> None:
    """Serve until SIGTERM.

    Raises:
        ConfigurationError: the environment is no valid configuration for granian.
    """
    settings = read_settings()
    if settings.metrics.bind:
        raise ConfigurationError(["METRICS_BIND needs gunicorn: granian listens on one address; use METRICS_TOKEN"])
    open_files.raise_limit(open_files.needed(settings.service.threads))
    multiprocessing.set_start_method("fork")  # the workers share memory with the master (announcements)
    server = build(settings)
    server.serve(target_loader=lambda: load_in_worker(settings), wrap_loader=False)


def build(settings: Settings) -> Any:
    """The server with these settings; it does not listen yet."""
    service = settings.service
    server = Granian(
        ENTRY_POINT,
        address=service.host,
        port=service.port,
        interface=Interfaces.WSGI,
        workers=service.workers,
        blocking_threads=service.threads,
        backlog=BACKLOG,
        http=HTTPModes.http1,  # a connection that may still become HTTP/2 has no time limit
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_TIMEOUT),
        log_level=LogLevels(service.log_level),
        log_dictconfig=_logging(development=service.development),
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_TIMEOUT,
    )
    server.on_startup(_prepare_master(settings))
    server.on_shutdown(worker_files.remove_folder)
    return server


def load_in_worker(settings: Settings) -> Any:
    """Called in each worker, after its fork: the application, with its background work started."""
    if settings.metrics.enabled:
        worker_files.count_in(worker_files.take_place())
    entry_point = importlib.import_module(ENTRY_POINT)
    _forget_variables()
    entry_point.start_worker(entry_point.app, is_stopping=announcements.is_stopping)
    return _like_gunicorn(entry_point.app)


def _like_gunicorn(app: Any) -> Any:
    """`app` with what gunicorn does by itself.

    A `Server` header, where granian puts its own name, and the rest of the body read before the answer is sent: granian
    closes a connection on which an answer is sent before the body has arrived, and the next request on it is lost.
    """

    def served(environ: dict[str, Any], start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *details: Any) -> Any:
            return start_response(status, [*headers, ("Server", "server")], *details)

        body, answer = environ["wsgi.input"], app(environ, start)
        with suppress(Exception):  # the body is malformed, or ends early: the connection is closed in any case
            body.read(LONGEST_REST)
        return answer

    return served


def _prepare_master(settings: Settings) -> Callable[[], None]:
    """The hook that granian calls in the master once its signal handlers stand, and before its workers are forked."""

    def prepare() -> None:
        for sentence in Settings.unread():
            logger.warning(sentence)
        if settings.metrics.enabled:
            os.environ[worker_files.VARIABLE] = str(worker_files.open_folder())
        OrderlyStop(
            delay=settings.service.stop_delay.total_seconds(),
            announce=announcements.announce_stop,
            is_replaced=lambda: False,
        ).install()

    return prepare


def _forget_variables() -> None:
    """Remove the settings from the environment: granian copies all of it into the environment of every request."""
    for name in Settings.variables():
        os.environ.pop(name, None)


def _logging(*, development: bool) -> dict[str, Any]:
    """The form of granian's own lines: that of the service's."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "auth_service.web.log.lines.formatter", "development": development}},
        "handlers": {"lines": {"class": "auth_service.web.log.lines.StandardError", "formatter": "lines"}},
        "loggers": {"_granian": {"handlers": ["lines"], "propagate": False}},
    }


if __name__ == "__main__":
    main()
