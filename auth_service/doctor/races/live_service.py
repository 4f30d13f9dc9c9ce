"""A service somewhere else, spoken to over HTTP. The cookie is handled by hand, so a Secure one works over http too."""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any, TypeVar

import requests

COOKIE = "refreshToken"
TIMEOUT = 10  # seconds
NO_ANSWER = 0  # the status of an answer that did not come

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `cookie` is the refresh cookie it sets: empty when cleared, `None` when left alone."""

    status: int
    body: dict[str, Any]
    cookie: str | None = None

    @property
    def access_token(self) -> str:
        """The access token it hands out."""
        return str(self.body.get("accessToken", ""))

    def is_refusal(self, code: str) -> bool:
        """Whether it is a 401 with that code."""
        return self.status == 401 and self.body.get("code") == code

    def __str__(self) -> str:
        return f"{self.status or 'no answer'} {self.body.get('code', '')}".strip()


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who exists for the time of one examination."""

    email: str
    password: str

    @classmethod
    def throwaway(cls) -> "Account":
        """One that nobody has, with a password nobody guesses."""
        return cls(f"doctor-{secrets.token_hex(8)}@example.com", secrets.token_urlsafe(24))


class LiveService:
    """The service at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def ask(self) -> Answer:
        """Ask whether anything is there."""
        return self._send("GET", "/healthz")

    def register(self, account: Account) -> Answer:
        """Make the account."""
        return self._send("POST", "/auth/register", json={"email": account.email, "password": account.password})

    def log_in(self, account: Account) -> Answer:
        """Open a session."""
        return self._send("POST", "/auth/login", json={"email": account.email, "password": account.password})

    def refresh(self, token: str | None) -> Answer:
        """Trade a refresh token."""
        return self._send("POST", "/auth/refresh", cookie=token)

    def log_out(self, token: str | None) -> Answer:
        """End the session of a refresh token."""
        return self._send("POST", "/auth/logout", cookie=token)

    def verify(self, access_token: str) -> Answer:
        """Ask whether an access token works: 204 when it does."""
        return self._send("GET", "/auth/verify", bearer=access_token)

    def remove(self, account: Account) -> Answer:
        """Delete the account."""
        opened = self.log_in(account)
        if opened.status != 200:
            return opened
        user_id = opened.body.get("user", {}).get("_id", "")
        return self._send("DELETE", f"/users/{user_id}", bearer=opened.access_token)

    def _send(
        self, method: str, path: str, *, json: Any = None, cookie: str | None = None, bearer: str | None = None
    ) -> Answer:
        headers = {"User-Agent": "auth_service doctor"}
        headers |= {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            response = requests.request(
                method,
                self.url + path,
                json=json,
                headers=headers,
                timeout=TIMEOUT,
                allow_redirects=False,
                auth=lambda prepared: prepared,  # else an entry in ~/.netrc replaces the bearer token
            )
        except requests.RequestException as error:
            return Answer(NO_ANSWER, {"code": type(error).__name__})
        return Answer(response.status_code, _object(response), _cookie(response))


def at_once(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run all `actions` in threads of their own, released together; their results in order."""
    gate = Barrier(len(actions))

    def run(action: Callable[[], Result]) -> Result:
        gate.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def counted(answers: Sequence[Answer]) -> str:
    """Answers in a few words: `1 x 200, 7 x 401 refresh_superseded`."""
    return ", ".join(f"{count} x {text}" for text, count in sorted(Counter(map(str, answers)).items()))


def _object(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _cookie(response: requests.Response) -> str | None:
    for header in response.raw.headers.getlist("Set-Cookie"):
        name, _, value = header.partition(";")[0].partition("=")
        if name.strip() == COOKIE:
            return str(value.strip())
    return None
