"""What is measured, each started, filled and spoken to in its way; here the service as it ships.

All targets use one mongod, as many workers, and bcrypt at one cost.
"""

import contextlib
import copy
import io
import json
from pathlib import Path

from auth_service.settings.settings import Settings
from tests.benchmarks.load import Request
from tests.benchmarks.population import Population
from tests.support.server import Server, children
from tests.support.settings import SECRET, environment

HERE = Path(__file__).parent
PASSWORD = "correct horse battery"
ROUNDS_OF_BCRYPT = 12
WORKERS = 2
THREADS = Settings.from_env(environment(WEB_THREADS=None), dotenv=None).service.threads
PEOPLE = 1000


class Target:
    """A running server and how to ask it: `requests_for(kind)` are those of one kind of traffic."""

    name: str
    cookie: str | None = None  # of the refresh token
    refresh_path = ""
    kinds = ("verify", "profile", "login")

    def __init__(self, folder, mongod):
        self.folder = Path(folder) / self.name
        self.folder.mkdir()
        self.mongod, self.data = mongod, f"bench_{self.name}"
        self.tokens, self.emails = [], []

    def sibling(self, folder, mongod, name=None):
        """The same on the same data, by the way to the database that `mongod` is; it needs no filling."""
        other = copy.copy(self)
        other.name = name or self.name
        other.folder, other.mongod = Path(folder) / other.name, mongod
        other.folder.mkdir()
        return other

    @property
    def database(self):
        """The URL of its data."""
        return self.mongod.url.replace("/?", f"/{self.data}?")

    def requests_for(self, kind):
        return getattr(self, f"_{kind}")()

    def chains(self, kind, clients):
        """The cookie's name and unused refresh tokens, where the traffic has refreshes in it."""
        return (self.cookie, self.fresh_chains(4 * clients)) if self.cookie and kind in ("refresh", "mixed") else None

    def _mixed(self):
        """In 1,000 requests: 899 checks, 90 profiles, 10 refreshes, 1 login; checks where there is no refresh."""
        verify, profile, login = self._verify(), self._profile(), self._login()
        refresh = self._refresh() if self.cookie else verify[:1]
        line = [verify[number % len(verify)] for number in range(899)]
        for number in range(90):
            line.insert(number * 11, profile[number % len(profile)])
        for number in range(10):
            line.insert(number * 99 + 5, refresh[0])
        line.insert(500, login[0])
        return line

    def _bearer(self, path):
        return [Request("GET", path, {"Authorization": f"Bearer {token}"}) for token in self.tokens]

    def _verify(self):
        return self._bearer("/check")

    def _profile(self):
        return self._bearer("/profile")

    def _refresh(self):
        headers = {"Cookie": f"{self.cookie}={{refresh}}", "Content-Type": "application/json"}
        return [Request("POST", self.refresh_path, headers, "{}")]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *details):
        self.stop()


class Calls(Target):
    """How this project is asked, as it is now and as it was."""

    cookie = "refreshToken"
    refresh_path = "/auth/refresh"
    kinds = ("verify", "profile", "login", "refresh", "mixed")

    def _verify(self):
        return self._bearer("/auth/verify")

    def _login(self):
        headers = {"Content-Type": "application/json"}
        return [Request("POST", "/auth/login", headers, credentials(email)) for email in self.emails]

    def _refresh(self):
        return [Request("POST", self.refresh_path, {"Cookie": f"{self.cookie}={{refresh}}"})]


class Service(Calls):
    """auth_service as it ships, by `program`, one of its two servers."""

    name = "gunicorn"
    program = "gunicorn"

    def __init__(self, folder, mongod, *, name=name, sessions=PEOPLE, tokens=PEOPLE, shown=lambda done: None):
        self.name = name
        super().__init__(folder, mongod)
        self._sessions, self._count, self._shown, self._variables = sessions, tokens, shown, {}
        self.records = []

    def fill(self):
        self._population = Population(shipped(self.database))
        self._users = self._population.add_people(self._count, PASSWORD)
        made = self._population.add_sessions(self._sessions, self._users, shown=self._shown)
        self.tokens, self.records = [token for token, _ in made], [record for _, record in made]
        self.emails = [user["email"] for user in self._users]

    def sibling(self, folder, mongod, name=None, *, program=None, **variables):
        """As for any target; `variables` differ from the settings it ships with."""
        other = super().sibling(folder, mongod, name)
        other.program, other._variables = program or self.program, {**self._variables, **variables}
        return other

    def fresh_chains(self, count):
        self._population.use()
        return self._population.add_chains(count, self._users)

    def start(self):
        self._server = QuietServer(program=self.program, **{**shipped(self.database), **self._variables}).__enter__()
        self.url, self.pid = self._server.url, self._server.process.pid

    def stop(self):
        self._server.__exit__()

    @property
    def workers(self):
        return children(self.pid)


class QuietServer(Server):
    """Keeps its log out of the figures."""

    def stop(self):
        with contextlib.redirect_stdout(io.StringIO()):
            super().stop()


def shipped(database):
    """The environment of a service as it ships, save that nothing limits how often the load may ask."""
    return {
        "DB_URL": database,
        "BCRYPT_ROUNDS": ROUNDS_OF_BCRYPT,
        "WEB_CONCURRENCY": WORKERS,
        "WEB_THREADS": THREADS,
        "LOG_LEVEL": None,
        "API_DOCS": None,
        "JWT_ACCESS_EXPIRES_IN": "2h",  # the tokens are made before the rounds, which take longer than five minutes
        "SESSION_TOUCH_INTERVAL": 0,
        "JWT_SECRET": SECRET,
    }


def credentials(email):
    return json.dumps({"email": email, "password": PASSWORD})
