"""`make run`: everything a working service needs, from an empty clone; Ctrl-C or SIGTERM ends all of it.

Writes a first `.env`, starts the embedded mongod unless `DB_URL` names another database, seeds an admin, and runs
gunicorn. Both children run in sessions of their own and are stopped in order: gunicorn first, then the database.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout
from pymongo.errors import PyMongoError

from auth_service.bootstrap.services import build_services
from auth_service.database import indexes, transactions
from auth_service.database.migrations import MigrationFailed
from auth_service.development.first_run import write_dotenv
from auth_service.development.mongod import Mongod, MongodUnavailable, die_with_parent
from auth_service.errors import ServiceError
from auth_service.settings.settings import Settings, merge_dotenv

INSTANCE = Path("instance")
DEFAULT_ADMIN = "admin@example.com"


def main() -> int:
    """Run until gunicorn ends; its exit code, or 0 when it was told to stop."""
    signal.signal(signal.SIGTERM, _interrupt)
    if write_dotenv(Path(".env")):
        print("wrote .env with fresh secrets", flush=True)
    try:
        with ExitStack() as stack:
            environ = _environment(stack)
            settings = Settings.from_env(environ, dotenv=None)
            _require_free_port(settings.service.host, settings.service.port)
            _seed(settings)
            print(f"listening on http://{settings.service.host}:{settings.service.port}", flush=True)
            return _serve(environ)
    except KeyboardInterrupt:
        return 0


def _environment(stack: ExitStack) -> dict[str, str]:
    """The environment of the service; without a `DB_URL`, an embedded database is started and stays until the end."""
    environ = merge_dotenv(os.environ, ".env")
    if environ.get("DB_URL", "").strip():
        return environ
    if environ.get("APP_ENV", "").strip().lower() != "development":
        raise SystemExit("DB_URL is not set, and the embedded database is for APP_ENV=development only.")
    stack.enter_context(_locked_instance())
    return {**environ, "DB_URL": stack.enter_context(_embedded_database())}


@contextmanager
def _locked_instance() -> Iterator[None]:
    INSTANCE.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(INSTANCE / "run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SystemExit(f"{INSTANCE}/ is in use by another `make run`; stop that one first.") from None
    with lock:
        yield


@contextmanager
def _embedded_database() -> Iterator[str]:
    mongod = Mongod(INSTANCE / "mongodb")
    try:
        mongod.start()
    except MongodUnavailable as error:
        raise SystemExit(str(error)) from None
    try:
        url = mongod.url.replace("/?", "/auth_service?")
        print(f"database at {url}", flush=True)
        yield url
    finally:
        mongod.stop()


def _require_free_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(f"Port {port} cannot be used ({error.strerror}); set PORT to another one.") from None


def _seed(settings: Settings) -> None:
    """Prepare the database and its data; where there is no admin yet, make one and print its password, this once."""
    services = build_services(settings)
    seeding = services.seeding
    try:
        transactions.require_transactions()
        indexes.ensure_indexes()
        services.migrations.run()
        if seeding.has_admin():
            return
        password = settings.admin.password or secrets.token_urlsafe(15)
        seeded = seeding.seed_admin(email=settings.admin.email or DEFAULT_ADMIN, password=password)
        if seeded.created and not settings.admin.password:
            print(f"admin {seeded.user['email']} password {password}", flush=True)
    except PyMongoError as error:
        raise SystemExit(f"The database cannot be used: {error}") from None
    except MigrationFailed as error:
        raise SystemExit(str(error)) from None
    except ServiceError as error:
        raise SystemExit(f"The admin cannot be made: {error.errors or error.message}") from None


def _serve(environ: dict[str, str]) -> int:
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "wsgi:app"],
        env=environ,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    try:
        return server.wait()
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        server.terminate()
        server.wait()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
