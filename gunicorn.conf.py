"""How `gunicorn wsgi:app` serves; gunicorn reads this file by itself."""

import ctypes
import os
from contextlib import suppress

import gunicorn
from gunicorn.glogging import Logger

from auth_service.app import start_worker
from auth_service.bootstrap.configuration import read_settings
from auth_service.monitoring import worker_files
from auth_service.serving import announcements, open_files
from auth_service.serving.orderly_stop import OrderlyStop
from auth_service.settings.settings import Settings
from auth_service.web.log import lines

M_ARENA_MAX = -8  # of mallopt(3)

_settings = read_settings()
_service, _metrics = _settings.service, _settings.metrics

bind = [_service.address]
if _metrics.bind:
    bind.append("{}:{}".format(*_metrics.bind))  # api/metrics/access serves nothing but /metrics there
workers = _service.workers
worker_class = "gthread"
threads = _service.threads
_open_files = open_files.raise_limit(open_files.needed(threads))
worker_connections = open_files.connections(_open_files, threads)
timeout = 30  # seconds
graceful_timeout = 30  # seconds, STOP_DELAY included
preload_app = False  # a MongoClient must not cross a fork
control_socket_disable = True
loglevel = "info" if _service.log_level == "debug" else _service.log_level  # its debug lines quote every path

# TRUST_PROXY alone decides whether a proxy is trusted. gunicorn itself would trust every client on this machine, about
# https and about the path.
secure_scheme_headers = {}
forwarder_headers = ""

# The `Server` header. gunicorn has no setting for it: it writes this constant, and loads the module that does so later.
gunicorn.SERVER = "server"


class logger_class(Logger):
    """Writes gunicorn's own lines in the format of the service, without data from clients."""

    def setup(self, cfg):
        """Set the formatter and the filter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(lines.formatter(development=_service.development))
        self.error_log.addFilter(_without_client_data)


def on_starting(server):
    """Name the variables that look like settings and are none, and a limit that allows few connections."""
    for sentence in Settings.unread():
        server.log.warning(sentence)
    if worker_connections < open_files.CONNECTIONS:
        limits = _open_files, open_files.needed(threads), worker_connections
        server.log.warning("only %d open files are allowed (ulimit -n), not %d: a worker keeps %d connections", *limits)


def pre_fork(server, worker):
    """Give the worker a place among the files of the metrics; the master creates the folder at the first fork."""
    if _metrics.enabled:
        os.environ[worker_files.VARIABLE] = str(worker_files.open_folder())
        taken = [other.metrics_place for other in server.WORKERS.values() if hasattr(other, "metrics_place")]
        worker.metrics_place = worker_files.free_place(taken)


def post_fork(server, worker):
    """Count in that place, before the application is loaded and creates its metrics."""
    _share_heaps()
    if _metrics.enabled:
        worker_files.count_in(worker.metrics_place)


def post_worker_init(worker):
    """Prepare the database before the worker accepts connections; if it does not answer, serve nevertheless."""
    announced = []
    OrderlyStop(
        delay=_service.stop_delay.total_seconds(),
        announce=lambda: announced.append(True),
        is_replaced=announcements.is_replacing,
    ).install()
    start_worker(worker.wsgi, is_stopping=lambda: bool(announced))


def child_exit(server, worker):
    """Drop the gauges of the ended worker."""
    if hasattr(worker, "metrics_place"):
        worker_files.leave(worker.metrics_place)


def on_exit(server):
    """Remove the files of the metrics."""
    worker_files.remove_folder()


def on_reload(arbiter):
    """SIGHUP: announce that the old workers are replaced; the SIGTERM that follows does not say so."""
    announcements.announce_replacement()


def nworkers_changed(server, new_value, old_value):
    """SIGTTOU: announce that the service continues with one worker less."""
    if old_value is not None and new_value < old_value:
        announcements.announce_replacement()


def _share_heaps():
    """Let all threads share two heaps: with glibc's default, eight a core, a worker is 3 MiB larger."""
    with suppress(OSError, AttributeError):  # another C library, with other heaps
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, 2)


def _without_client_data(record):
    """Shorten gunicorn's own refusal: it would quote the malformed line, which may hold a cookie or a token."""
    if str(record.msg).startswith("Invalid request from ip="):
        record.msg = record.msg.partition(": ")[0]
    return True
