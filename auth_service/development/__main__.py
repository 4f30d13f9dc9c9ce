"""`make run`: a working service from an empty clone; Ctrl-C or SIGTERM ends all of it.

It writes a first `.env`, starts the embedded mongod unless `DB_URL` names another database, makes an admin, and runs
gunicorn. Both children run in sessions of their own and are stopped in order: gunicorn first, then the database.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from types import FrameType

from auth_service.bootstrap.configuration import read_settings
from auth_service.development.embedded_database import embedded_database
from auth_service.development.first_dotenv import write_dotenv
from auth_service.development.mongod import die_with_parent
from auth_service.development.preparation import prepare
from auth_service.doctor.configuration import origins
from auth_service.settings.service import ServiceSettings
from auth_service.settings.settings import Settings, merge_dotenv

RULE = "-" * 60


def main() -> int:
    """Run until gunicorn ends; its exit code, or 0 after Ctrl-C or SIGTERM."""
    signal.signal(signal.SIGTERM, _interrupt)
    if write_dotenv(Path(".env")):
        print("wrote .env with fresh secrets", flush=True)
    try:
        with ExitStack() as stack:
            environ = _environment(stack)
            settings = read_settings(environ, dotenv=None, always_seeds=True)
            _require_free_port(settings.service.host, settings.service.port)
            admin = prepare(settings)
            return _serve(environ, settings, admin)
    except KeyboardInterrupt:
        return 0


def _environment(stack: ExitStack) -> dict[str, str]:
    """The environment of the service; without a `DB_URL`, with that of an embedded database, which `stack` stops."""
    environ = merge_dotenv(os.environ, ".env")
    if environ.get("DB_URL", "").strip():
        return environ
    if environ.get("APP_ENV", "").strip().lower() != "development":
        raise SystemExit(
            "DB_URL is not set, and the embedded database is for APP_ENV=development only. Set DB_URL, or remove .env:"
            " the next `make run` writes one for development."
        )
    return {**environ, "DB_URL": stack.enter_context(embedded_database())}


def _require_free_port(host: str, port: int) -> None:
    """Return if gunicorn can listen on the port, which it would otherwise say after everything else has started."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(f"Port {port} cannot be used ({error.strerror}); set PORT to another one.") from None


def _serve(environ: dict[str, str], settings: Settings, admin: str) -> int:
    """Run gunicorn to its end; once it serves, print last where that is, and what is known of the admin.

    Where pages of this machine may call, it also says by which name: browsers keep the cookie from the others.
    """
    service = settings.service
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app"],
        env=environ,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        _await_ready(service, server)
        url = f"http://{service.address}".replace("127.0.0.1", "localhost")  # pages on localhost are of the same site
        pages = [f"pages on {url}/account and {url}/admin"] if service.pages else []
        names = [finding.sentence for finding in origins.examine_loopback(settings)]
        print(
            "\n".join(["", RULE, f"listening on {url}", admin, *pages, *_mails(settings, url), *names, RULE]),
            flush=True,
        )
        return server.wait()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        server.terminate()
        server.wait()


def _mails(settings: Settings, url: str) -> list[str]:
    """A line that says where mails are read that go into a folder."""
    is_folder = settings.service.development and settings.mail.url and settings.mail.url.scheme == "file"
    return [f"mails {url}/dev/mails"] if is_folder else []


def _await_ready(service: ServiceSettings, server: "subprocess.Popen[bytes]") -> None:
    """Return when the service is ready, or its process has ended."""
    while server.poll() is None:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(service.host, service.port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
