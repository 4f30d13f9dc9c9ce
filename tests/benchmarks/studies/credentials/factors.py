"""What second factors cost: processor time of verifying a passkey, memory of a worker.

Run: `python -m tests.benchmarks.studies.credentials.factors`.

The time is the mean of a thousand answers, for each algorithm. The memory is that of one gunicorn worker, first at rest
and then with all libraries loaded: an app and a passkey were set up, and both logged in. The exit code is 0 when
verifying takes at most 1.5 ms and the worker at most 88 MiB, proportionally.
"""

import sys
import tempfile
import time
from pathlib import Path

import pyotp
import requests
from bson import ObjectId

from auth_service.clock import SystemClock
from auth_service.development.mongod import Mongod
from auth_service.services.credentials.challenges import ChallengePurpose, Challenges
from auth_service.services.credentials.passkeys import Passkeys
from auth_service.services.credentials.relying_party import RelyingParty
from tests.benchmarks.processes import resident
from tests.support.api import PASSWORD
from tests.support.factors.apps import KEY
from tests.support.factors.authenticator import Authenticator
from tests.support.server import Server

ORIGIN, HOST = "https://auth.example.com", "auth.example.com"
MOST_TIME, MOST_MEMORY = 1.5, 88  # ms, MiB
ANSWERS = 1000
EMAIL = "ada@example.com"


def main():
    slowest = max(verification(algorithm) for algorithm in ("ES256", "EdDSA", "RS256"))
    memory = loaded()
    return 0 if slowest <= MOST_TIME and memory <= MOST_MEMORY else 1


def verification(algorithm):
    """The milliseconds of one verification."""
    challenges = Challenges(clock=SystemClock(), secrets=["s" * 48])
    party = RelyingParty(name="study", host=HOST, origin=ORIGIN, challenges=challenges)
    passkeys, authenticator = Passkeys(party=party), Authenticator(ORIGIN, algorithm=algorithm)
    user = {"_id": ObjectId(), "email": EMAIL}
    made = passkeys.verify_new(authenticator.create(party.creation_options(user, [], binding="s")), binding="s")
    purpose = ChallengePurpose.LOGIN
    answers = [authenticator.get(party.request_options(purpose, binding="")) for _ in range(ANSWERS)]
    began = time.process_time()
    for answer in answers:
        passkeys.verify(answer, made.fields, purpose, user_id=user["_id"], binding="")
    each = (time.process_time() - began) / ANSWERS * 1000
    print(f"{algorithm:6} {each:6.2f} ms")
    return each


def loaded():
    """The memory of a worker with everything loaded."""
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder) / "mongodb") as mongod:
        url = mongod.url.replace("/?", "/factors?")
        mail = {"MAIL_URL": f"file:{folder}", "MAIL_FROM": "no-reply@example.com"}
        with Server(
            DB_URL=url, DATA_KEY=KEY, PUBLIC_URL=ORIGIN, COOKIE_SECURE="true", LOG_LEVEL="error", **mail
        ) as server:
            (pid,) = server.workers
            before = resident(pid)["pss"]
            use(server.url)
            after = resident(pid)["pss"]
    print(f"worker {before:6.1f} MiB at rest, {after:6.1f} MiB with all of it loaded")
    return after


def use(url):
    """Set up an app and a passkey, and log in by both."""

    def post(path, body=None, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = requests.post(url + path, json=body or {}, headers=headers, timeout=30)
        assert answer.status_code < 300 or answer.json()["code"] == "second_factor_required", answer.text
        return answer.json()

    person, authenticator = {"email": EMAIL, "password": PASSWORD}, Authenticator(ORIGIN)
    post("/auth/register", person)
    token = post("/auth/login", person)["accessToken"]
    app = post("/profile/factors/totp", {"name": "Phone"}, token)
    code = pyotp.TOTP(app["secret"])
    path = f"/profile/factors/totp/{app['factorId']}/confirm"
    token = post(path, {"code": code.at(time.time(), counter_offset=-1)}, token)["accessToken"]
    made = authenticator.create(post("/profile/factors/passkeys/options", token=token)["publicKey"])
    post("/profile/factors/passkeys", {"name": "Laptop", "passkey": made}, token)
    post("/auth/login/factor", {"ticket": post("/auth/login", person)["ticket"], "code": code.now()})
    post("/auth/passkey", {"passkey": authenticator.get(post("/auth/passkey/options")["publicKey"])})


if __name__ == "__main__":
    sys.exit(main())
