"""A client of a live service. It handles the cookie itself, so that a Secure cookie works over http, too."""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

COOKIE = "refreshToken"
TIMEOUT = 10  # seconds
NO_ANSWER = 0  # the status of an answer that did not come

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response. `cookie` is the refresh cookie that it sets: empty if it clears it, `None` if it sets none.

    `cookie_path` is the cookie's `Path`, empty without one.

    `status` is `NO_ANSWER` if the request failed; `body` then has the exception's class as `code`.
    """

    status: int
    body: dict[str, Any]
    cookie: str | None = None
    cookie_path: str = ""

    @property
    def access_token(self) -> str:
        """The access token in the body; empty without one."""
        return str(self.body.get("accessToken", ""))

    def is_refusal(self, code: str) -> bool:
        """Whether it is a 401 with this code."""
        return self.status == 401 and self.body.get("code") == code

    def __str__(self) -> str:
        return f"{self.status or 'no answer'} {self.body.get('code', '')}".strip()


@dataclass(frozen=True, slots=True)
class Account:
    """An account that exists for the time of one examination."""

    email: str
    password: str

    @classmethod
    def throwaway(cls) -> "Account":
        """An account with a random address and a random password."""
        return cls(f"doctor-{secrets.token_hex(8)}@example.com", secrets.token_urlsafe(24))


class LiveService:
    """The service at `url`."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def health(self) -> Answer:
        """Ask whether the service runs."""
        return self._send("GET", "/healthz")

    def register(self, account: Account) -> Answer:
        """Register the account."""
        return self._send("POST", "/auth/register", json={"email": account.email, "password": account.password})

    def log_in(self, account: Account) -> Answer:
        """Log in, which opens a session."""
        return self._send("POST", "/auth/login", json={"email": account.email, "password": account.password})

    def gets_back(self, answer: Answer) -> bool:
        """Whether browsers send the cookie of `answer` with a refresh (RFC 6265 section 5.1.4)."""
        refresh, path = urlsplit(self.url).path + "/auth/refresh", answer.cookie_path
        return refresh == path or (path.startswith("/") and refresh.startswith(f"{path.removesuffix('/')}/"))

    def refresh(self, token: str | None) -> Answer:
        """Present a refresh token for a new pair of tokens."""
        return self._send("POST", "/auth/refresh", cookie=token)

    def log_out(self, token: str | None) -> Answer:
        """Log out with a refresh token, which ends its session."""
        return self._send("POST", "/auth/logout", cookie=token)

    def verify(self, access_token: str) -> Answer:
        """Verify an access token: 204 if its session is active."""
        return self._send("GET", "/auth/verify", bearer=access_token)

    def remove(self, account: Account) -> Answer:
        """Log in and delete the account."""
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
        return Answer(response.status_code, _object(response), *_cookie(response))


def at_once(actions: Sequence[Callable[[], Result]]) -> list[Result]:
    """Run each of `actions` in a thread of its own, all released together; their results in the same order."""
    gate = Barrier(len(actions))

    def run(action: Callable[[], Result]) -> Result:
        gate.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def counted(answers: Sequence[Answer]) -> str:
    """A summary of answers: `1 x 200, 7 x 401 refresh_superseded`."""
    return ", ".join(f"{count} x {text}" for text, count in sorted(Counter(map(str, answers)).items()))


def _object(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _cookie(response: requests.Response) -> tuple[str | None, str]:
    """The value of the refresh cookie that it sets, and its path."""
    for header in response.raw.headers.getlist("Set-Cookie"):
        pairs = [pair.partition("=") for pair in header.split(";")]
        (name, _, value), *attributes = [(name.strip(), equals, value.strip()) for name, equals, value in pairs]
        if name == COOKIE:
            return value, next((text for attribute, _, text in attributes if attribute.lower() == "path"), "")
    return None, ""
