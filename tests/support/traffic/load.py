"""Callers who use everything, on a connection they keep, and note every answer; each fits into a process of its own."""

import http.client
import json
import time
from dataclasses import dataclass

from tests.support.api import PASSWORD, REFRESH_COOKIE

NO_ANSWER = "none"
MIXED = ("profile", "verify", "refresh", "sessions", "login", "profile", "verify", "readyz", "register")
TIMEOUT = 30  # seconds


@dataclass(frozen=True)
class Answer:
    """One answer: to which call, its status, when it was asked (by the monotonic clock), its seconds."""

    call: str
    status: int | str
    asked: float
    seconds: float
    port: int = 0  # the caller's, by which its connection is known
    code: str | None = None  # of a refusal

    @classmethod
    def now(cls, call, status):
        """An answer that has just come."""
        return cls(call, status, time.monotonic(), 0)

    @property
    def heard(self):
        return self.asked + self.seconds


class Caller:
    """A person at one browser: its tokens, its one connection, and what it can do, each by a name."""

    def __init__(self, port, email, password=PASSWORD):
        self.email, self.password = email, password
        self.access_token = self.refresh_token = None
        self.text = ""  # of the last answer
        self._port, self._number = port, 0
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)

    def call(self, name):
        """Do it, and the answer."""
        asked = time.monotonic()
        status = getattr(self, name)()
        code = json.loads(self.text).get("code") if status != NO_ANSWER and status >= 400 else None
        return Answer(name, status, asked, time.monotonic() - asked, self._local_port, code)

    def profile(self):
        return self._send("GET", "/profile")

    def verify(self):
        return self._send("GET", "/auth/verify")

    def sessions(self):
        return self._send("GET", "/sessions")

    def readyz(self):
        return self._send("GET", "/readyz")

    def healthz(self):
        return self._send("GET", "/healthz")

    def refresh(self):
        return self._send("POST", "/auth/refresh")

    def login(self):
        return self._send("POST", "/auth/login", {"email": self.email, "password": self.password})

    def register(self):
        """Register somebody else."""
        self._number += 1
        email = f"{self._number}.{time.monotonic_ns()}.{self.email}"
        return self._send("POST", "/auth/register", {"email": email, "password": PASSWORD})

    def close(self):
        self._connection.close()

    def _send(self, method, path, body=None):
        try:
            self._connection.connect() if self._connection.sock is None else None
            self._local_port = self._connection.sock.getsockname()[1]
            self._connection.request(method, path, body and json.dumps(body), self._headers(path, body))
            response = self._connection.getresponse()
            self.text = response.read().decode()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            return NO_ANSWER
        self._keep(response)
        return response.status

    def _headers(self, path, body):
        headers = {"Content-Type": "application/json"} if body else {}
        if self.access_token:
            headers["Authorization"] = f"Bearer {self.access_token}"
        if self.refresh_token and path == "/auth/refresh":
            headers["Cookie"] = f"{REFRESH_COOKIE}={self.refresh_token}"
        return headers

    def _keep(self, response):
        cookies = [cookie for cookie in response.headers.get_all("Set-Cookie", []) if cookie.startswith(REFRESH_COOKIE)]
        if response.status == 200 and cookies and "accessToken" in self.text:
            self.refresh_token = cookies[0].partition("=")[2].partition(";")[0]
            self.access_token = json.loads(self.text)["accessToken"]


def callers(port, count, name="caller"):
    """The addresses of `count` people who have an account now."""
    people = [Caller(port, f"{name}{number}@example.com") for number in range(count)]
    for person in people:
        credentials = {"email": person.email, "password": person.password}
        assert person._send("POST", "/auth/register", credentials) == 201, person.text
        person.close()
    return [person.email for person in people]


def use(port, email, pause, end, calls=MIXED):
    """One after the other, from a login on until `end`: the answers."""
    person, answers, number = Caller(port, email), [], 0
    person.login()
    while time.monotonic() < end:
        answers.append(person.call(calls[number % len(calls)]))
        number += 1
        time.sleep(pause)
    person.close()
    return answers
