"""How `gunicorn wsgi:app` serves; gunicorn reads this file by itself."""

import signal

import gunicorn

from auth_service.config import Settings

_service = Settings.from_env().service

bind = f"{_service.host}:{_service.port}"
workers = _service.workers
worker_class = "auth_service.worker.Worker"  # gthread's, which says that it stops before it does
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


def on_reload(arbiter):
    """SIGHUP: tell the workers there are that they are replaced; the SIGTERM they get next does not say so."""
    arbiter.kill_workers(signal.SIGWINCH)


def post_worker_init(worker):
    """Prepare the database before the worker takes a connection; if it does not answer, serve all the same."""
    worker.stop_delay = _service.stop_delay.total_seconds()
    worker.wsgi.extensions["auth_service"].services.readiness.await_first_try(5)
    worker.log.error_log.addFilter(_without_what_was_sent)


def _without_what_was_sent(record):
    """Cut a refusal of gunicorn's own short: it would quote the malformed line, which may be a cookie or a token."""
    if str(record.msg).startswith("Invalid request from ip="):
        record.msg = record.msg.partition(": ")[0]
    return True
