"""Compares calls and commands for an account of 20,000 sessions and events with the same for one of two pages.

Run: `python -m tests.benchmarks.studies.large_accounts`.

Each account has so many active sessions, so many ended ones and so many events. A third one has ten of each, so that
the price of a full page can be told from the price of a large account. The three take turns. The exit code is 0 when
every median of the large account is at most 1.5 times that of the one with two pages. Then the large account's sessions
end, in every way: how long the call takes, and after how long a session in use gets 401.
"""

import argparse
import contextlib
import statistics
import sys
import threading
import time
from datetime import datetime, timezone

from pymongo import MongoClient

from auth_service.clock import SystemClock
from tests.benchmarks import running_database, server_on
from tests.support.applications import build_app, services_of
from tests.support.database.large_accounts import MANY, enlarge
from tests.support.remote import Remote

SIZES = {"ten": 10, "two pages": 220, "large": MANY}
ROUNDS = 60
WARM_UP = 5
LIMIT = 1.5  # times the median of the account with two pages
NEW = "another horse battery"
CALLS = (
    ("GET /profile", "/profile", None),
    ("GET /sessions", "/sessions", None),
    ("GET /sessions, second page", "/sessions?cursor=", "/sessions"),
    ("GET /sessions/history", "/sessions/history", None),
    ("GET /sessions/history, second page", "/sessions/history?cursor=", "/sessions/history"),
    ("GET /profile/audit", "/profile/audit", None),
    ("GET /audit?user=", "/audit?user={id}", None),
    ("GET /audit?user=, second page", "/audit?user={id}&cursor=", "/audit?user={id}"),
    ("GET /audit?user=&type=", "/audit?user={id}&type=login", None),
    ("GET /users", "/users", None),
    ("GET /users/<id>", "/users/{id}", None),
    ("GET /users/<id>/sessions", "/users/{id}/sessions", None),
)
COMMANDS = (("sessions", "list"), ("users", "show"))


class Account:
    """A user of one size, with a browser; what needs an admin is asked by `admin`."""

    def __init__(self, url, database, admin, size, name):
        self.admin = admin
        self.browser = Remote(url, f"{name.replace(' ', '')}@example.com")
        assert self.browser.register().status_code == 201
        self.browser.logged_in()
        self._database = database
        self.size = size
        self.fill()
        ended = {"endedAt": datetime.now(timezone.utc), "reason": "logout"}
        enlarge(database, self.browser.user_id, size, events=size, **ended)
        self._cursors = {path: self.read(path).json().get("cursor") or "" for _, _, path in CALLS if path}

    def fill(self):
        """Give it active sessions, and a browser with another of them."""
        self.browser.logged_in()
        enlarge(self._database, self.browser.user_id, self.size)

    def call(self, path, first):
        """The seconds that one call takes."""
        cursor = self._cursors.get(first, "")
        address = path + cursor if cursor or first is None else first  # ten fit on the first page
        began = time.perf_counter()
        response = self.read(address)
        seconds = time.perf_counter() - began
        assert response.status_code == 200, response.text
        return seconds

    def read(self, path):
        api = self.admin if path.startswith(("/audit", "/users")) else self.browser
        return api.get(path.format(id=self.browser.user_id))


def main():
    rounds = parsed().rounds
    with running_database() as (_, url), server_on(url, SESSION_MAX_PER_USER=0) as server:
        database = MongoClient(url, tz_aware=True).get_default_database()
        app = build_app(clock=SystemClock(), DB_URL=url)
        admin = Remote(server.url, "admin@example.com")
        services_of(app).seeding.seed_admin(email=admin.email, password=admin.password)
        admin.logged_in()
        accounts = [Account(server.url, database, admin, size, name) for name, size in SIZES.items()]
        outcome = report(measured(accounts, app, rounds))
        endings(accounts[-1], app)
    return outcome


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


def measured(accounts, app, rounds):
    """The seconds of each call and command, a list for each account."""
    runner = app.test_cli_runner()
    samples = {name: [[] for _ in accounts] for name, _, _ in CALLS}
    samples |= {f"flask {' '.join(words)}": [[] for _ in accounts] for words in COMMANDS} | {"flask stats": [[]]}
    for number in range(-WARM_UP, rounds):
        turn = number % len(accounts)
        for which in [*range(turn, len(accounts)), *range(turn)]:
            account = accounts[which]
            taken = {name: account.call(path, first) for name, path, first in CALLS}
            for words in COMMANDS:
                taken[f"flask {' '.join(words)}"] = run(runner, [*words, account.browser.email])
            for name, seconds in taken.items() if number >= 0 else ():
                samples[name][which].append(seconds)
    samples["flask stats"][0] = [run(runner, ["stats"]) for _ in range(3)]
    return samples


def run(runner, words):
    """The seconds that a command takes in a process that has already started."""
    began = time.perf_counter()
    result = runner.invoke(args=words)
    assert result.exit_code == 0, result.output
    return time.perf_counter() - began


def report(samples):
    """Print a row a call; 0 when all ratios are within the limit, else 1."""
    reached = True
    print(f"\n{'call':36}" + "".join(f"{title:>10}" for title in (*SIZES, "ratio")))
    for name, seconds in samples.items():
        medians = [1000 * statistics.median(each) for each in seconds]
        ratio = medians[-1] / medians[-2] if len(medians) > 1 else None
        reached = reached and (ratio is None or ratio <= LIMIT)
        print(f"{name:36}" + "".join(f"{each:7.1f} ms" for each in medians) + (f"{ratio:10.2f}" if ratio else ""))
    print(f"every ratio of the medians at most {LIMIT}: {'reached' if reached else 'MISSED'}")
    return 0 if reached else 1


def endings(account, app):
    """Print how long each way to end the sessions of the large account takes, and until the one in use is out."""
    print(f"\n{'ending':36}{'in use out':>12}{'answer':>12}")
    browser, user = account.browser, f"/users/{account.browser.user_id}"
    spare = Remote(browser.url, browser.email)
    ways = {
        "DELETE /sessions": lambda: spare.delete("/sessions"),
        "DELETE /users/<id>/sessions": lambda: account.admin.delete(f"{user}/sessions"),
        "POST /profile/password": lambda: change(spare, browser),
        "PUT /users/<id>/admin": lambda: account.admin.put(f"{user}/admin"),
        "PUT /users/<id>/user": lambda: account.admin.put(f"{user}/user"),
        "flask sessions end": lambda: run(app.test_cli_runner(), ["sessions", "end", browser.email]),
        "DELETE /users/<id>": lambda: account.admin.delete(user),
    }
    for name, end in ways.items():
        if name not in ("DELETE /sessions", "PUT /users/<id>/user"):  # whose sessions are there
            account.fill()
        spare.logged_in()
        with watched(browser) as out:
            began = time.perf_counter()
            response = end()
            seconds = time.perf_counter() - began
        assert getattr(response, "status_code", 200) == 200, response.text
        print(
            f"{name:36}{1000 * (out[0] - began) if out else float('nan'):9.0f} ms{1000 * seconds:9.0f} ms", flush=True
        )


def change(spare, browser):
    """Change the password with one browser; the other knows the new one from then on."""
    body = {"currentPassword": browser.password, "newPassword": NEW}
    browser.password = spare.password = NEW
    return spare.post("/profile/password", json=body)


@contextlib.contextmanager
def watched(browser):
    """A list that gets the moment at which the browser's session was answered with 401."""
    out, over = [], threading.Event()

    def watch():
        while not over.is_set() and not out:
            if browser.verify().status_code == 401:
                out.append(time.perf_counter())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield out
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
