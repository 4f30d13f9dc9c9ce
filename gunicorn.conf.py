"""How `gunicorn wsgi:app` serves; gunicorn reads this file by itself."""

import socket
import sys

import gunicorn

from auth_service.config import Settings

_service = Settings.from_env().service

bind = f"{_service.host}:{_service.port}"
workers = _service.workers
worker_class = "gthread"
threads = _service.threads
timeout = 30  # seconds
graceful_timeout = 30  # seconds
preload_app = False  # a MongoClient must not cross a fork
reuse_port = sys.platform == "linux"  # the kernel shares connections out; with one socket for all, a worker often idles
control_socket_disable = True
loglevel = "info" if _service.log_level == "debug" else _service.log_level  # its debug lines tell every path

# Whether a proxy is believed is decided by TRUST_PROXY alone. gunicorn itself would believe whoever connects from this
# machine, about https and about the path.
secure_scheme_headers = {}
forwarder_headers = ""

# The `Server` header. gunicorn has no setting for it: it writes this constant, and loads the module that does so later.
gunicorn.SERVER = "server"


def on_starting(server):
    """End the start where the port is taken: with `reuse_port`, a second service would share it without a word."""
    for host, port in (address for address in server.cfg.address if isinstance(address, tuple)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                sys.exit(f"cannot listen on {host}:{port}: {error.strerror}")


def post_worker_init(worker):
    """Prepare the database as soon as the worker stands, not when somebody asks for something."""
    worker.wsgi.extensions["auth_service"].services.readiness.start()
    worker.log.error_log.addFilter(_without_what_was_sent)


def _without_what_was_sent(record):
    """Cut a refusal of gunicorn's own short: it would quote the malformed line, which may be a cookie or a token."""
    if str(record.msg).startswith("Invalid request from ip="):
        record.msg = record.msg.partition(": ")[0]
    return True
