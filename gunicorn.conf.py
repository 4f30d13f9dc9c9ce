"""How `gunicorn wsgi:app` serves; gunicorn reads this file by itself."""

import ctypes
import os
from contextlib import suppress

import gunicorn
from gunicorn.glogging import Logger

from auth_service.app import start_worker
from auth_service.monitoring import worker_files
from auth_service.serving import announcements
from auth_service.serving.orderly_stop import OrderlyStop
from auth_service.settings.settings import Settings
from auth_service.web.log import lines

M_ARENA_MAX = -8  # of mallopt(3)

_settings = Settings.from_env()
_service, _metrics = _settings.service, _settings.metrics

bind = [f"{_service.host}:{_service.port}"]
if _metrics.bind:
    bind.append("{}:{}".format(*_metrics.bind))  # web/metrics_access keeps everything but /metrics from this one
workers = _service.workers
worker_class = "gthread"
threads = _service.threads
timeout = 30  # seconds
graceful_timeout = 30  # seconds, STOP_DELAY included
preload_app = False  # a MongoClient must not cross a fork
control_socket_disable = True
loglevel = "info" if _service.log_level == "debug" else _service.log_level  # its debug lines tell every path

# Whether a proxy is believed is decided by TRUST_PROXY alone. gunicorn itself would believe whoever connects from this
# machine, about https and about the path.
secure_scheme_headers = {}
forwarder_headers = ""

# The `Server` header. gunicorn has no setting for it: it writes this constant, and loads the module that does so later.
gunicorn.SERVER = "server"


class logger_class(Logger):
    """gunicorn's own lines in the form of the service's, without what clients sent."""

    def setup(self, cfg):
        """Write the lines of this configuration's form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(lines.formatter(development=_service.development))
        self.error_log.addFilter(_without_what_was_sent)


def pre_fork(server, worker):
    """Give the worker a place among the files of the metrics; the folder is the master's, made at the first fork."""
    if _metrics.enabled:
        os.environ[worker_files.VARIABLE] = str(worker_files.open_folder())
        living = [other.metrics_place for other in server.WORKERS.values() if hasattr(other, "metrics_place")]
        worker.metrics_place = worker_files.free_place(living)


def post_fork(server, worker):
    """Count in that place, before the application is loaded and makes its metrics."""
    _share_heaps()
    if _metrics.enabled:
        worker_files.count_in(worker.metrics_place)


def post_worker_init(worker):
    """Prepare the database before the worker takes a connection; if it does not answer, serve all the same."""
    announced = []
    OrderlyStop(
        delay=_service.stop_delay.total_seconds(),
        announce=lambda: announced.append(True),
        is_replaced=announcements.is_replacing,
    ).install()
    start_worker(worker.wsgi, is_stopping=lambda: bool(announced))


def child_exit(server, worker):
    """Forget what was true of the worker only while it lived."""
    if hasattr(worker, "metrics_place"):
        worker_files.leave(worker.metrics_place)


def on_exit(server):
    """Remove the files of the metrics."""
    worker_files.remove_folder()


def on_reload(arbiter):
    """SIGHUP: the workers there are get replaced; the SIGTERM they get next does not say so."""
    announcements.announce_replacement()


def nworkers_changed(server, new_value, old_value):
    """SIGTTOU: a worker less, and the service goes on."""
    if old_value is not None and new_value < old_value:
        announcements.announce_replacement()


def _share_heaps():
    """Let all threads share two heaps: glibc gives them up to eight a core, which makes a worker 3 MiB larger."""
    with suppress(OSError, AttributeError):  # another C library, with other heaps
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, 2)


def _without_what_was_sent(record):
    """Cut a refusal of gunicorn's own short: it would quote the malformed line, which may be a cookie or a token."""
    if str(record.msg).startswith("Invalid request from ip="):
        record.msg = record.msg.partition(": ")[0]
    return True
