"""Delivers the mails of an application into its folder, and reads them as their receivers would."""

import email
import re
from email import policy

from tests.support.applications import services_of

CODE = re.compile(r"^(?:\d{6}|[0-9A-Z]{5}(?:-[0-9A-Z]{5})+)$", re.MULTILINE)


class Mailbox:
    """The mailboxes of everybody."""

    def __init__(self, app, folder):
        self.app = app
        self.folder = folder

    def deliver(self):
        """Send what is due; the messages that arrived by that, the earliest first."""
        before = {path.name for path in self.folder.glob("*.eml")}
        with self.app.app_context():
            services_of(self.app).mail_worker.deliver_due()
        arrived = [path for path in self.folder.glob("*.eml") if path.name not in before]
        return [parsed(path) for path in sorted(arrived, key=lambda path: path.stat().st_mtime_ns)]

    def code(self):
        """The code in the one mail of those that arrive which has any."""
        (code,) = [code for message in self.deliver() for code in codes_in(message)]
        return code


def emptied(app, folder):
    """The mailboxes without what arrived before."""
    for path in folder.glob("*"):
        path.unlink()
    return Mailbox(app, folder)


def parsed(path):
    return email.message_from_bytes(path.read_bytes(), policy=policy.default)


def codes_in(message):
    return CODE.findall(message.get_body("plain").get_content().replace("\r\n", "\n"))


def code_in(message):
    (code,) = codes_in(message)
    return code
