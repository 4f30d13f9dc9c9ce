"""A replica set whose primary is killed again and again while clients register, log in, refresh and more.

What was acknowledged is stored afterwards, no token has two successors, and the service serves with the next primary.
"""

import hashlib
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

import jwt
import pytest
from pymongo import MongoClient

from tests.support.peers.replica_set import ELECTION_TIMEOUT, MEMBERS, ReplicaSet
from tests.support.server import Server, wait_until
from tests.support.traffic.load import NO_ANSWER, Answer, Caller

FAST = "/dev/shm"  # memory, where there is such a thing
PEOPLE = 10
PAUSE = 0.05  # seconds between two calls of one client


class Person(Caller):
    """A client that records what was acknowledged: accounts, logouts, tokens with their successors, its password."""

    def __init__(self, port, email, books):
        super().__init__(port, email)
        self.books, self.answers, self.sending = books, [], True
        self.round, self.unsure = 0, None

    def live(self):
        """Make calls until `sending` is false; a call that failed with 503 is repeated."""
        self.join()
        while self.sending:
            for step in (self.use, self.use, self.rotate, self.rotate, self.enrol, self.change, self.come_back):
                step()
                if not self.sending:
                    break
        self.close()

    def join(self):
        self.until(lambda: self.record("join", self._post("/auth/register")) in (201, 409), "join")
        self.come_back()

    def use(self):
        if self.record("verify", self.verify()) == 401:
            self.come_back()

    def rotate(self):
        """Repeat one refresh until it is answered with 200 or 401, and record the successors of the token."""
        used = self.refresh_token
        while self.sending:
            status = self.record("refresh", self.refresh())
            if status == 200:
                self.books.successors[used].add(self.refresh_token)
                return
            if status == 401:
                self.books.refused[self.code] += 1
                self.come_back()
                return

    def enrol(self):
        """Register another account: once acknowledged it must be stored."""
        self.round += 1
        email = f"{self.round}.{self.email}"
        if self.record("register", self._send("POST", "/auth/register", self._credentials(email))) == 201:
            self.books.accounts.add(email)

    def change(self):
        """Change the password; without an answer either of the two may be valid."""
        new = f"another horse and {self.round} batteries"
        body = {"currentPassword": self.password, "newPassword": new}
        status = self.record("password", self._send("POST", "/profile/password", body))
        if status == 200:
            self.password, self.unsure = new, None
        elif status != 401:
            self.unsure = new

    def come_back(self):
        """Log out, and in again."""
        left = self.refresh_token
        if left and self.record("logout", self._logout()) == 200:
            self.books.left.add(left)
        self.until(self._log_in, "login")

    def until(self, done, name):
        while not done() and self.sending:
            time.sleep(PAUSE)

    def record(self, call, status):
        """Record the answer to `call`, and pause."""
        self.answers.append(Answer.now(call, status))
        time.sleep(PAUSE)
        return status

    @property
    def code(self):
        return self.text.partition('"code":"')[2].partition('"')[0]

    def _log_in(self):
        status = self.record("login", self._post("/auth/login"))
        if status == 401 and self.unsure:
            self.password, self.unsure = self.unsure, None
        return status == 200

    def _logout(self):
        return self._send("POST", "/auth/logout")

    def _post(self, path):
        return self._send("POST", path, self._credentials(self.email))

    def _credentials(self, email):
        return {"email": email, "password": self.password}


class Books:
    """What was acknowledged to any client."""

    def __init__(self):
        self.accounts, self.left = set(), set()
        self.successors, self.refused = defaultdict(set), Counter()


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("kills", [20])
@pytest.mark.parametrize("grace", ["0", "15s"], ids=["once", "grace"])
def test_killed_primaries_lose_nothing_acknowledged_and_fork_no_token(kills, grace):
    books = Books()
    with (
        tempfile.TemporaryDirectory(dir=FAST if Path(FAST).is_dir() else None) as folder,
        ReplicaSet(Path(folder)) as replicas,
    ):
        url = replicas.url.replace("/?", "/failover?")
        with Server(DB_URL=url, WEB_CONCURRENCY=2, REFRESH_GRACE=grace, SESSION_MAX_PER_USER=0) as server:
            people = [Person(server.port, f"person{number}@example.com", books) for number in range(PEOPLE)]
            threads = [threading.Thread(target=person.live) for person in people]
            for thread in threads:
                thread.start()
            elections = [one_kill(replicas, people) for _ in range(kills)]
            for person in people:
                person.sending = False
            for thread in threads:
                thread.join()
            wait_until(lambda: people[0].readyz() == 200, 10)
            check_what_people_hold(people)
        with MongoClient(url) as client:
            check_books(books, client.get_default_database())
    report(books, people, elections)
    assert {answer.status for person in people for answer in person.answers} <= {200, 201, 204, 401, 409, 503}
    assert "Traceback" not in server.output


def one_kill(replicas, people):
    """Kill the primary and start it again: seconds until the election, and until all clients were served again."""
    wait_until(lambda: replicas.secondaries == MEMBERS - 1, 60)
    served = sum(succeeded(person) for person in people)
    wait_until(lambda: sum(succeeded(person) for person in people) > served + 100, 30)
    killed, moment = replicas.kill_primary()
    elected = replicas.await_other_primary(killed) - moment
    wait_until(lambda: all(was_served_since(person, moment + elected) for person in people), 30)
    killed.start()
    return elected, outage(people, moment)


def succeeded(person):
    return sum(answer.status in (200, 201, 204) for answer in person.answers)


def was_served_since(person, moment):
    return any(answer.asked > moment and answer.status in (200, 201, 204) for answer in person.answers)


def outage(people, moment):
    """Seconds from the kill until the last call that it made fail."""
    failed = [a.asked for p in people for a in p.answers if a.asked > moment and a.status in (503, NO_ANSWER)]
    return max(failed, default=moment) - moment


def check_what_people_hold(people):
    """The last session, token and password of every client are still valid."""
    for person in people:
        if person.verify() != 204:  # the last call may have been a logout, or a password change without an answer
            person.sending = True
            person.until(person._log_in, "login")
        assert person.verify() == 204
        assert person.refresh() == 200
        person.close()


def check_books(books, database):
    stored = {user["email"] for user in database.users.find({}, {"email": 1})}
    assert books.accounts <= stored
    forks = {token: found for token, found in books.successors.items() if len(found) > 1}
    assert not forks, "a token was answered with different successors"
    for used, successors in books.successors.items():
        session, (successor,) = session_of(used, database), successors
        assert generation_of(successor) == generation_of(used) + 1 <= session["generation"]
        if generation_of(successor) == session["generation"]:
            assert digest(successor) == session["refreshHash"]
    for token in books.left:
        assert session_of(token, database)["endedAt"] is not None


def session_of(token, database):
    sid = jwt.decode(token, options={"verify_signature": False})["sid"]
    return database.sessions.find_one({"sessionId": sid})


def generation_of(token):
    """The place of a token in the chain of its session."""
    return jwt.decode(token, options={"verify_signature": False})["gen"]


def digest(token):
    return hashlib.sha256(token.encode()).hexdigest()


def report(books, people, elections):
    answers = Counter((a.call, a.status) for person in people for a in person.answers)
    print(f"electionTimeoutMillis {1000 * ELECTION_TIMEOUT}, {len(elections)} kills")
    print(f"acknowledged: {len(books.accounts)} accounts, {len(books.successors)} refreshes, {len(books.left)} logouts")
    print("refused refreshes:", dict(books.refused) or "none")
    for elected, out in elections:
        print(f"  elected after {elected:.2f} s, served again after {out:.2f} s, {out - elected:+.2f} s")
    print(f"longest outage {max(out for _, out in elections):.2f} s")
    print("answers:", dict(sorted(answers.items(), key=str)))
