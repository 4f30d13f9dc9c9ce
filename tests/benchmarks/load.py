"""Load from outside: `wrk` plays a file of requests against a server, and what it saw comes back."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import requests

SCRIPT = Path(__file__).with_name("traffic.lua")
THREADS = 2
MISSING = "wrk is missing: on Debian and Ubuntu, apt-get install wrk"


@dataclass(frozen=True)
class Request:
    """One request; `{refresh}` in its cookie stands for a refresh token, another one each time."""

    method: str
    path: str
    headers: dict[str, str]
    body: str = ""

    @property
    def line(self):
        fields = "|".join(f"{name}: {value}" for name, value in self.headers.items())
        return "\t".join([self.method, self.path, fields, self.body])


def play(url, script, *, clients, seconds, folder, chains=None):
    """What `clients` connections saw that played the requests of `script` for `seconds`; times in milliseconds.

    `chains` is the cookie's name and the refresh tokens to begin with, when requests need them.
    """
    (played := Path(folder) / "requests").write_text("\n".join(request.line for request in script) + "\n")
    arguments = [played]
    if chains:
        cookie, tokens = chains
        (pool := Path(folder) / "tokens").write_text("\n".join(tokens) + "\n")
        arguments += [pool, cookie]
    threads = min(THREADS, clients)
    command = ["wrk", f"-t{threads}", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s", "-s", SCRIPT, url, "--"]
    outcome = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=seconds + 30)
    if outcome.returncode:
        raise RuntimeError(f"wrk failed: {outcome.stderr or outcome.stdout}")
    seen = json.loads(outcome.stdout.strip().splitlines()[-1])
    return {**seen, "rate": seen["requests"] / seen["seconds"]}


def require_served(url, request):
    """Return when `request` is answered with what it asks for; a redirect, too, would be quicker than that.

    Raises:
        RuntimeError: it is not.
    """
    answer = requests.request(request.method, url + request.path, headers=request.headers, allow_redirects=False)
    if answer.status_code // 100 != 2:
        raise RuntimeError(f"{request.method} {request.path} was answered with {answer.status_code}")


def is_installed():
    return shutil.which("wrk") is not None
