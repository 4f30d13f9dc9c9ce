"""Whether a request with an API key takes longer than one with an access token: `python -m …studies.credentials.api_keys`.

`wrk` asks one worker for `GET /auth/verify`, with 200 sessions and with 200 keys in turn; the order is turned round in
every other round. The exit code is 0 when the median of the keys' rates is at least 0.95 times that of the tokens'.
"""

import argparse
import statistics
import sys
import tempfile

from tests.benchmarks import running_service
from tests.benchmarks.load import Request, play
from tests.support.remote import Remote

USERS, KEYS_EACH = 10, 20
CLIENTS = 32
LIMIT = 0.95


def main():
    options = parsed()
    with (
        running_service(WEB_CONCURRENCY=1, SESSION_MAX_PER_USER=0, RATELIMIT_ENABLED="false", BCRYPT_ROUNDS=4) as (
            server,
            _,
        ),
        tempfile.TemporaryDirectory() as folder,
    ):
        scripts = requests_of(server.url)
        rates = {kind: [] for kind in scripts}
        for number in range(options.rounds):
            for kind in list(scripts)[:: 1 if number % 2 == 0 else -1]:
                seen = play(server.url, scripts[kind], clients=CLIENTS, seconds=options.seconds, folder=folder)
                assert not seen["refused"]
                rates[kind].append(seen["rate"])
                print(f"{kind:7} {seen['rate']:.0f}/s p50 {seen['p50']:.1f} ms", flush=True)
    tokens, keys = (statistics.median(rates[kind]) for kind in ("tokens", "keys"))
    print(f"tokens {tokens:.0f}/s, keys {keys:.0f}/s, ratio {keys / tokens:.2f} (at least {LIMIT})")
    return 0 if keys >= LIMIT * tokens else 1


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=3)
    return parser.parse_args()


def requests_of(url):
    """A script of requests for each kind of bearer token, as many of each."""
    tokens, keys = [], []
    for number in range(USERS):
        Remote(url, email := f"person{number}@example.com").register()
        for _ in range(KEYS_EACH):
            person = Remote(url, email).logged_in()
            tokens.append(person.access_token)
            keys.append(person.post("/profile/keys", json={"name": "benchmark"}).json()["secret"])
    return {"tokens": [verify(token) for token in tokens], "keys": [verify(key) for key in keys]}


def verify(token):
    return Request("GET", "/auth/verify", {"Authorization": f"Bearer {token}"})


if __name__ == "__main__":
    sys.exit(main())
