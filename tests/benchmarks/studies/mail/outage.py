"""Whether an outage of SMTP changes how long requests take: `python -m tests.benchmarks.studies.mail.outage`.

`wrk` asks one worker for `GET /auth/verify` while mails wait, with an SMTP server that takes them and with none in
turn; the order is turned round in every other round. The exit code is 0 when the median of the p99 without the server
is at most 1.1 times that with it.
"""

import argparse
import statistics
import sys
import tempfile
from contextlib import ExitStack

from pymongo import MongoClient

from tests.benchmarks import running_service
from tests.benchmarks.load import Request, play
from tests.benchmarks.studies.mail.drain import mail
from tests.support.mail.smtp_server import SMTPServer
from tests.support.remote import Remote

CLIENTS = 16
WAITING = 200  # mails, in each measurement
LIMIT = 1.1


def main():
    options, smtp = parsed(), SMTPServer()
    seen = {"up": [], "down": []}
    with (
        running_service(
            WEB_CONCURRENCY=1,
            RATELIMIT_ENABLED="false",
            BCRYPT_ROUNDS=4,
            MAIL_URL=smtp.url(),
            MAIL_FROM="a@example.com",
        ) as (server, url),
        tempfile.TemporaryDirectory() as folder,
        MongoClient(url) as client,
    ):
        mails = client.get_default_database().mails
        Remote(server.url, "ada@example.com").register()
        token = Remote(server.url, "ada@example.com").logged_in().access_token
        script = [Request("GET", "/auth/verify", {"Authorization": f"Bearer {token}"})]
        for number in range(options.rounds):
            for state in list(seen)[:: 1 if number % 2 == 0 else -1]:
                mails.delete_many({})
                with ExitStack() as stack:
                    if state == "up":
                        stack.enter_context(smtp)
                    mails.insert_many([mail(each) for each in range(WAITING)])
                    figures = play(server.url, script, clients=CLIENTS, seconds=options.seconds, folder=folder)
                assert not figures["refused"]
                seen[state].append(figures["p99"])
                print(f"{state:5} p50 {figures['p50']:.1f} ms, p99 {figures['p99']:.1f} ms", flush=True)
    up, down = (statistics.median(seen[state]) for state in ("up", "down"))
    print(f"p99 with SMTP {up:.1f} ms, without {down:.1f} ms, ratio {down / up:.2f} (at most {LIMIT})")
    return 0 if down <= LIMIT * up else 1


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=10)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
