"""Load from outside: `wrk` plays a file of requests against a server, and what it saw comes back."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

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


def play(url, requests, *, clients, seconds, folder, chains=None):
    """What `clients` connections saw that played `requests` for `seconds`; times in milliseconds.

    `chains` is the cookie's name and the refresh tokens to begin with, when requests need them.
    """
    (script := Path(folder) / "requests").write_text("\n".join(request.line for request in requests) + "\n")
    arguments = [script]
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


def is_installed():
    return shutil.which("wrk") is not None
