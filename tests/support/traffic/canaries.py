"""Canaries: secrets that cannot be mistaken for anything else, and every way to use one at the service."""

import json
import secrets
import socket
from datetime import datetime, timezone
from urllib.parse import urlsplit

import requests

from tests.support.express.service import Express
from tests.support.keys.files import new_key, pem

TYPES = {"Content-Type": "application/json"}
COOKIE = "refreshToken"


def canary(name):
    return f"canary-{name}-{secrets.token_hex(12)}"


class Canaries:
    """The secrets of one run; tokens are added as the service hands them out."""

    def __init__(self):
        self.access_key, self.refresh_key = canary("access-key"), canary("refresh-key")
        self.import_key = canary("import-key")
        self.old_token = Express(None, now=lambda: datetime.now(timezone.utc)).sign(
            "0" * 24, "of the Express service", secret=self.import_key
        )
        self.admin, self.database = canary("admin-password"), canary("database-password")
        self.password, self.new_password, self.wrong = canary("password"), canary("new"), canary("wrong")
        self.stranger = f"{canary('stranger')}@example.com"  # an unknown login: perhaps a password in the wrong field
        self.operator = canary("operator-password")
        self.junk, self.metrics = canary("junk-token"), canary("metrics-token")
        self.licence_key, self.mirror_token = canary("licence-key"), canary("mirror-token")
        self.key_file = pem(new_key())
        self.key_line = self.key_file.decode().splitlines()[2]
        self.tokens = []

    def named(self):
        """All but the tokens, the key file, and the stranger, who would become an account and be listed."""
        return [value for name, value in vars(self).items() if name not in ("tokens", "stranger", "key_file")]

    def all(self):
        return {*self.named(), self.stranger, *self.tokens, *(token.rpartition(".")[2] for token in self.tokens)}

    def found_in(self, text):
        """Which of them `text` holds."""
        return sorted(each for each in self.all() if each.lower() in text.lower())


class Caller:
    """Sends requests, keeps the tokens of all answers as canaries and the bodies of all errors."""

    def __init__(self, url, canaries):
        self.url, self.canaries = url, canaries
        self.bearer = self.cookie = None
        self.errors = []
        self.statuses = set()

    def send(self, method, path, *, bearer=None, cookie=None, headers=None, **options):
        sent = {**(headers or {})}
        if bearer or self.bearer:
            sent.setdefault("Authorization", f"Bearer {bearer or self.bearer}")
        if cookie or self.cookie:
            sent.setdefault("Cookie", f"{COOKIE}={cookie or self.cookie}")
        answer = requests.request(method, self.url + path, headers=sent, timeout=30, **options)
        self.statuses.add(answer.status_code)
        if answer.status_code >= 400:
            self.errors.append(f"{answer.headers}\n{answer.text}")
        elif "accessToken" in answer.text:
            self.bearer, self.cookie = answer.json()["accessToken"], answer.cookies[COOKIE]
            self.canaries.tokens += [self.bearer, self.cookie]
        return answer

    def post(self, path, body=None, **options):
        return self.send("POST", path, json=body, **options)


def credentials(password):
    return {"email": "ada@example.com", "password": password}


def use_everything(caller, canaries):
    """Every call, right and wrong."""
    post, send = caller.post, caller.send
    post("/auth/login", {"email": "root@example.com", "password": canaries.admin})
    caller.bearer = caller.cookie = None
    post("/auth/register", credentials(canaries.password))
    post("/auth/register", credentials(canaries.wrong))
    post("/auth/login", credentials(canaries.wrong))
    post("/auth/login", {"email": canaries.stranger, "password": canaries.wrong})
    post("/auth/login", credentials(canaries.password))
    first = caller.cookie
    post("/auth/refresh")
    post("/auth/refresh", cookie=first)  # a theft: the session ends
    caller.cookie = None
    post("/auth/login", credentials(canaries.password))
    post("/auth/confirm", {"password": canaries.wrong})
    post("/auth/confirm", {"password": canaries.password})
    for path in ("/profile", "/profile/security", "/sessions", "/sessions/history", "/profile/audit", "/auth/verify"):
        send("GET", path)
    post("/profile/password", {"currentPassword": canaries.wrong, "newPassword": canaries.new_password})
    post("/profile/password", {"currentPassword": canaries.password, "newPassword": canaries.new_password})
    post("/profile/password", {"currentPassword": canaries.new_password, "newPassword": canaries.new_password[:3]})
    misplace(caller, canaries)
    abuse(caller, canaries)
    post("/auth/logout")
    caller.cookie = None
    post("/auth/login", credentials(canaries.new_password))
    user_id = send("GET", "/profile").json()["user"]["_id"]
    send("DELETE", f"/users/{user_id}")
    send("GET", "/profile")


def misplace(caller, canaries):
    """Secrets where they do not belong: other fields, names of fields, paths, queries, ids, headers."""
    for secret in [*canaries.named(), *canaries.tokens[-2:]]:
        caller.post("/auth/login", {"email": secret, "password": 5})
        caller.post("/auth/login", {"email": [secret], "password": {"$ne": secret}})
        caller.post("/auth/login", {secret: "x", "email": "ada@example.com", "password": "x"})
        caller.post("/auth/register", {"email": secret, "password": secret, "role": secret})
        caller.post("/auth/register", {"email": f"{secret} @example.com", "password": "short"})
        caller.send("GET", "/sessions/history", params={"cursor": secret})
        caller.send("GET", "/profile/audit", params={"type": secret, "from": secret, "limit": secret})
        caller.send("GET", "/profile/audit", params={secret: "x"})
        caller.send("GET", "/profile", bearer=secret)
        caller.send("GET", "/profile", headers={"Authorization": f"Basic {secret}"})
        caller.send("DELETE", f"/sessions/{secret}")
        caller.send("GET", f"/users/{secret}")
        caller.send("GET", f"/{secret}", params={"token": secret})
        caller.post("/auth/refresh", cookie=secret)
        caller.post("/auth/logout", cookie=secret, bearer=secret)
        caller.send("GET", "/", headers={"User-Agent": secret, "X-Forwarded-For": secret, "Referer": secret})


def abuse(caller, canaries):
    """Refusals of every other kind, each with a secret in what is refused."""
    body = json.dumps(credentials(canaries.wrong))
    caller.send("POST", "/auth/login", data=body, headers={**TYPES, "Origin": "https://evil.example"})
    caller.send("POST", "/auth/login", data=body, headers={"Content-Type": "text/plain"})
    caller.send("POST", "/auth/login", data=body[:-1], headers=TYPES)
    caller.send("POST", "/auth/login", data="[" * 8000 + canaries.wrong, headers=TYPES)
    caller.send("POST", "/auth/login", data=json.dumps(canaries.wrong), headers=TYPES)
    caller.send("POST", "/auth/login", data=body + " " * 17_000, headers=TYPES)
    caller.send("POST", "/auth/login", data=iter([body.encode(), b" " * 17_000]), headers=TYPES)
    caller.send("PUT", "/auth/login", data=body, headers=TYPES)
    caller.send("GET", f"/users/{'0' * 24}")
    break_http(caller.url, canaries)


def break_http(url, canaries):
    """What gunicorn refuses itself: it answers the sender in its own words, and must not write them down."""
    address = (urlsplit(url).hostname, urlsplit(url).port)
    for request in (
        f"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {canaries.junk}\0\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nCookie {canaries.junk}\r\n\r\n",
        f"{canaries.junk} / HTTP/1.1\r\nHost: x\r\n\r\n",
        f"GET / {canaries.junk}\r\nHost: x\r\n\r\n",
    ):
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(request.encode())
            connection.recv(4096)
