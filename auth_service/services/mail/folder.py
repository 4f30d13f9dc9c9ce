"""The transport of development: each mail is a file in a folder."""

import os
from email import policy
from email.message import EmailMessage
from pathlib import Path

from auth_service.services.mail.transport import Unreachable

SUFFIX = ".eml"


class Folder:
    """Writes mails into the folder `path`, which is created when it is needed, readable by its owner alone."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def send(self, message: EmailMessage, *, sender: str, recipient: str) -> None:
        """Write `message`; the same message once more replaces the file.

        Raises:
            Unreachable: it cannot be written.
        """
        name = message["Message-ID"].strip("<>").partition("@")[0] + SUFFIX
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            part = self._path / f"{name}.part"
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(message.as_bytes(policy=policy.SMTPUTF8))
            part.replace(self._path / name)
        except OSError as error:
            raise Unreachable(f"the folder of the mails cannot be written: {error.strerror}") from None

    def check(self) -> None:
        """Return when a file can be written.

        Raises:
            Unreachable: none can.
        """
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Unreachable(f"the folder of the mails cannot be made: {error.strerror}") from None
        if not os.access(self._path, os.W_OK):
            raise Unreachable("the folder of the mails cannot be written")
