"""`make postman`: newman runs the collection against a real gunicorn and mongod; none of them outlives the run."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from auth_service.development.mongod import Mongod, MongodUnavailable
from tests.support.server import Server

FOLDER = Path(__file__).resolve().parents[1] / "postman"
COLLECTION = FOLDER / "auth_service.postman_collection.json"
ENVIRONMENT = FOLDER / "local.postman_environment.json"
NEWMAN = "newman@6.2.2"
ADMIN = {"ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": secrets.token_urlsafe(15)}


def main():
    """Run the collection; newman's exit code, or 1 when something it needs is missing."""
    signal.signal(signal.SIGTERM, _exit)
    npx = shutil.which("npx")
    if npx is None:
        print("npx is missing: install Node.js, which brings it, to run the Postman collection.", file=sys.stderr)
        return 1
    try:
        with (
            tempfile.TemporaryDirectory(prefix="auth_service_postman_") as folder,
            Mongod(Path(folder) / "mongodb") as mongod,
            Server(**_variables(mongod), MAIL_URL=f"file:{folder}/mails") as server,
        ):
            return _run_newman(npx, BASE_URL=server.url, **ADMIN)
    except MongodUnavailable as error:
        print(error, file=sys.stderr)
        return 1


def _variables(mongod):
    """The environment of the service: a developer's, because the cookie goes over http."""
    return {
        "APP_ENV": "development",
        "DB_URL": mongod.url.replace("/?", "/postman?"),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "BCRYPT_ROUNDS": 4,
        "DATA_KEY": secrets.token_urlsafe(32),
        "PUBLIC_URL": "http://localhost",
        "SEED_ADMIN_ON_START": "true",
        **ADMIN,
        "API_DOCS": "true",
        "RATELIMIT_ENABLED": "false",
        "LOGIN_DELAY_ENABLED": "false",
        "WEB_CONCURRENCY": 2,
        "LOG_LEVEL": "error",
    }


def _run_newman(npx, **variables):
    """Run the collection twice, the second time on a database that has seen it; the exit code."""
    command = [npx, "--yes", NEWMAN, "run", COLLECTION, "--environment", ENVIRONMENT, "--iteration-count", "2"]
    for name, value in variables.items():
        command += ["--env-var", f"{name}={value}"]
    newman = subprocess.Popen(command, start_new_session=True)  # a group of its own: npx runs newman in a child
    try:
        return newman.wait()
    finally:
        if newman.poll() is None:
            os.killpg(newman.pid, signal.SIGKILL)
            newman.wait()


def _exit(number, frame):
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
