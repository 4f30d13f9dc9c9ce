"""`make fuzz`: schemathesis against a real gunicorn and mongod, as nobody, as user and as admin; nothing outlives it.

A run passes when schemathesis found nothing and every call that the caller may make has succeeded: a fuzzer that meets
nothing but refusals has tested nothing.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

from auth_service.development.mongod import Mongod, MongodUnavailable
from tests.support.factors.apps import KEY
from tests.support.server import ROOT, Server

PROGRAM = ROOT / ".venv-fuzz" / "bin" / "schemathesis"
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "50"))  # of each call in each phase
LONGEST_RUN = 600  # seconds, of each caller
ADMIN = {"email": "admin@example.com", "password": secrets.token_urlsafe(15), "role": "admin"}
USER = {"email": "user@example.com", "password": secrets.token_urlsafe(15), "role": "user"}
CALLERS = {"nobody": {}, "user": USER, "admin": ADMIN}
NEEDS_ACCOUNT = {"POST /auth/login", "POST /auth/refresh"}
UNGUESSABLE = {  # they need what a mail, an app or an authenticator says, or a key that is not set up here
    "GET /.well-known/jwks.json",
    "GET /dev/mails/{mail_id}",
    "POST /auth/invitation",
    "POST /auth/login/factor",
    "POST /auth/login/options",
    "POST /auth/passkey",
    "POST /auth/password/reset",
    "POST /auth/register/confirm",
    "POST /auth/confirm/options",
    "POST /profile/email/confirm",
    "POST /profile/email/verification/confirm",
    "POST /profile/factors/passkeys",
    "POST /profile/factors/totp/{factor_id}/confirm",
    "DELETE /profile/factors/{factor_id}",
}
METRICS_TOKEN = secrets.token_urlsafe(32)
OTHERS = 60  # accounts the calls may be about, and delete


def main():
    """Run all three; 0 when none failed."""
    signal.signal(signal.SIGTERM, _exit)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="auth_service_fuzz_") as folder,
            Mongod(Path(folder) / "mongodb") as mongod,
            Server(**_variables(mongod)) as server,
        ):
            failed = [name for name in CALLERS if not _passes(name, server.url, Path(folder))]
    except MongodUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    print(f"failed: {', '.join(failed)}" if failed else "nobody, user and admin: no failure")
    return 1 if failed else 0


def _variables(mongod):
    """The environment of the service: a developer's, because the cookie goes over http."""
    return {
        "APP_ENV": "development",
        "DB_URL": mongod.url.replace("/?", "/fuzz?"),
        "JWT_SECRET": secrets.token_urlsafe(48),
        "BCRYPT_ROUNDS": 4,
        "SEED_ADMIN_ON_START": "true",
        "ADMIN_EMAIL": ADMIN["email"],
        "ADMIN_PASSWORD": ADMIN["password"],
        "API_DOCS": "true",
        "METRICS_TOKEN": METRICS_TOKEN,
        "DATA_KEY": KEY,
        "PUBLIC_URL": "http://localhost",
        "RATELIMIT_ENABLED": "false",
        "LOGIN_DELAY_ENABLED": "false",
        "WEB_CONCURRENCY": 2,
        "LOG_LEVEL": "error",
    }


def _passes(name, url, folder):
    """Whether schemathesis finds nothing as this caller, and saw each call succeed that the caller may make."""
    print(f"\n=== as {name} ===", flush=True)
    answers, caller = folder / f"{name}.json", CALLERS[name]
    variables = {
        "SCHEMATHESIS_HOOKS": "hooks",
        "PYTHONPATH": str(Path(__file__).parent),
        "FUZZ_URL": url,
        "FUZZ_CALLER": json.dumps(caller),
        "FUZZ_OTHERS": json.dumps([_registered(url, f"{name}{number}@example.com") for number in range(OTHERS)]),
        "FUZZ_ANSWERS": str(answers),
        "FUZZ_METRICS_TOKEN": METRICS_TOKEN,
    }
    clean = _run_schemathesis(url, folder, variables)
    never = _never_succeeded(url, name, json.loads(answers.read_text()))
    if never:
        print(f"as {name}, these calls never succeeded: {', '.join(never)}")
    return clean and not never


def _run_schemathesis(url, folder, variables):
    command = [PROGRAM, "run", f"{url}/openapi.json", "--phases", "examples,coverage,fuzzing,stateful"]
    command += ["--checks", "all", "--max-examples", str(EXAMPLES), "--no-color", "--output-sanitize", "false"]
    command += [
        "--request-timeout",
        "10",
        "--generation-database",
        "none",
        "--generation-allow-x00",
        "false",
        "--continue-on-failure",
        *sys.argv[1:],
    ]
    schemathesis = subprocess.Popen(command, cwd=folder, env={"PATH": os.environ["PATH"], **variables})
    try:
        return schemathesis.wait(LONGEST_RUN) == 0
    except subprocess.TimeoutExpired:
        print(f"not done within {LONGEST_RUN} s")
        return False
    finally:
        if schemathesis.poll() is None:
            schemathesis.kill()
            schemathesis.wait()


def _registered(url, email):
    """The id of a new account."""
    body = {"email": email, "password": secrets.token_urlsafe(15)}
    return requests.post(f"{url}/auth/register", json=body, timeout=10).json()["user"]["_id"]


def _never_succeeded(url, name, answers):
    succeeded = {call for call, _, status in (line.rpartition(" ") for line in answers) if status.startswith("2")}
    return sorted(_calls_of(url, name) - succeeded)


def _calls_of(url, name):
    """The described calls that can succeed for this caller."""
    paths = requests.get(f"{url}/openapi.json", timeout=10).json()["paths"]
    operations = {
        f"{method.upper()} {path}": item[method]
        for path, item in paths.items()
        for method in ("get", "post", "put", "delete")
        if method in item
    }
    if name == "nobody":
        return {call for call in operations if not operations[call]["security"]} - NEEDS_ACCOUNT - UNGUESSABLE
    return {call for call in operations if name == "admin" or not is_for_admins(call)} - UNGUESSABLE


def is_for_admins(call):
    """Whether only admins may make the call: all about others but to look at, or delete, oneself."""
    method, _, path = call.partition(" ")
    others = path.startswith("/users") and (path != "/users/{user_id}" or method not in ("GET", "DELETE"))
    return others or path in ("/audit", "/figures")


def _exit(number, frame):
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
