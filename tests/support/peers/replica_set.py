"""A replica set of three real mongods on loopback, whose members can be killed and started again."""

import os
import signal
import time

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from auth_service.development.mongod import REPLICA_SET, Mongod
from tests.support.server import wait_until

MEMBERS = 3
ELECTION_TIMEOUT = 2  # seconds; MongoDB's default is 10
HEARTBEAT = 0.5  # seconds; MongoDB's default is 2


class Member(Mongod):
    """One of several: it is up as soon as it answers."""

    def _options(self):
        options = super()._options()
        options[options.index("--wiredTigerCacheSizeGB") + 1] = "0.25"
        return options

    def _is_primary(self, client):
        try:
            return bool(client.admin.command("ping")["ok"])
        except PyMongoError:
            return False

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        self._process.wait()


class ReplicaSet:
    """Three members; a context manager that starts them, waits for the first primary, and stops them.

    After `election_timeout` seconds without a word from the primary the others elect another.
    """

    def __init__(self, folder, election_timeout=ELECTION_TIMEOUT):
        self._election_timeout = election_timeout
        self.members = [Member(folder / f"member{number}") for number in range(MEMBERS)]
        self._client = None

    @property
    def url(self):
        hosts = ",".join(f"127.0.0.1:{member.port}" for member in self.members)
        return f"mongodb://{hosts}/?replicaSet={REPLICA_SET}"

    def __enter__(self):
        try:
            for member in self.members:
                member.start()
            self._initiate()
            self._client = MongoClient(self.url, timeoutMS=1000, heartbeatFrequencyMS=500)
            wait_until(lambda: self.primary is not None and self.secondaries == MEMBERS - 1, 60)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *details):
        if self._client:
            self._client.close()
        for member in self.members:
            member.stop()

    @property
    def primary(self):
        """The member that says it is the primary now, or `None`."""
        address = self._client.primary
        return next((member for member in self.members if address == ("127.0.0.1", member.port)), None)

    @property
    def secondaries(self):
        return len(self._client.secondaries)

    def kill_primary(self):
        """End it as a power cut would; the member, and when."""
        wait_until(lambda: self.primary is not None, 30)
        member = self.primary
        member.kill()
        return member, time.monotonic()

    def step_down(self):
        """Have the primary hand over, as before maintenance; the member, and when."""
        wait_until(lambda: self.primary is not None, 30)
        member, moment = self.primary, time.monotonic()
        with MongoClient(f"mongodb://127.0.0.1:{member.port}/?directConnection=true") as client:
            client.admin.command("replSetStepDown", 20)
        return member, moment

    def await_other_primary(self, old):
        """When, at the latest, another than `old` was the primary."""
        wait_until(lambda: self.primary not in (None, old), 60)
        return time.monotonic()

    def _initiate(self):
        config = {
            "_id": REPLICA_SET,
            "members": [{"_id": n, "host": f"127.0.0.1:{each.port}"} for n, each in enumerate(self.members)],
            "settings": {
                "electionTimeoutMillis": int(1000 * self._election_timeout),
                "heartbeatIntervalMillis": int(1000 * HEARTBEAT),
            },
        }
        direct = f"mongodb://127.0.0.1:{self.members[0].port}/?directConnection=true"
        with MongoClient(direct) as client:
            client.admin.command("replSetInitiate", config)
