"""How long 1,000 mails take: `python -m tests.benchmarks.studies.mail.drain`.

Two processes send notices by STARTTLS to an SMTP server on this machine. The exit code is 0 when the last one arrived
within 60 s of the first, and each arrived once.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path

from pymongo import MongoClient

from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.values import EXAMPLES
from tests.benchmarks import running_database
from tests.support.mail.smtp_server import SMTPServer
from tests.support.mail.worker_process import WorkerProcess
from tests.support.peers.certificates import Certificates
from tests.support.server import wait_until

LIMIT = 60  # seconds


def main():
    options = parsed()
    with tempfile.TemporaryDirectory() as folder, running_database() as (_, url), ExitStack() as stack:
        certificates = Certificates(Path(folder))
        os.environ["SSL_CERT_FILE"] = certificates.ca
        server = stack.enter_context(SMTPServer(certificates.server, auth=True))
        variables = {"DB_URL": url, "MAIL_URL": server.url("service:canary-of-the-smtp-password")}
        mails = stack.enter_context(MongoClient(url)).get_default_database().mails
        mails.create_index([("state", 1), ("dueAt", 1), ("_id", 1)])
        mails.create_index([("allowance", 1), ("decidedAt", 1)])
        for _ in range(2):
            sender = {"MAIL_FROM": "a@example.com", "SSL_CERT_FILE": certificates.ca}
            stack.enter_context(WorkerProcess(**variables, **sender))
        mails.insert_many([mail(number) for number in range(options.mails)])
        wait_until(lambda: server.received, 60)
        began = time.monotonic()
        wait_until(lambda: mails.count_documents({"state": "sent"}) == options.mails, 600)
        seconds = time.monotonic() - began
        arrived = {message["To"] for message in server.messages()}
    print(f"{options.mails} mails in {seconds:.1f} s (at most {LIMIT}), {len(server.received)} arrived")
    return 0 if seconds <= LIMIT and len(arrived) == len(server.received) == options.mails else 1


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    return parser.parse_args()


def mail(number):
    """A notice that is due, as the queue writes it."""
    now = datetime.now(timezone.utc)
    return {
        "kind": Kind.NEW_DEVICE.value,
        "to": f"person{number}@example.com",
        "language": "en",
        "values": dict(EXAMPLES[Kind.NEW_DEVICE]),
        "state": "waiting",
        "attempts": 0,
        "dueAt": datetime(1970, 1, 1, tzinfo=timezone.utc),
        "createdAt": now,
    }


if __name__ == "__main__":
    sys.exit(main())
