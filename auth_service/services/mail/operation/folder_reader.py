"""Reads the mails that `Folder` wrote, for a developer who has no mail server."""

import email
import heapq
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from email import policy
from email.message import EmailMessage
from pathlib import Path

from auth_service.services.mail.folder import SUFFIX

NAME = re.compile(r"[0-9a-f]{24}")
LONGEST = 1 << 20  # bytes of a mail that are read


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail in the folder: when it was written, to whom, its subject, its plain text and its HTML."""

    mail_id: str
    written_at: datetime
    to: str
    subject: str
    text: str
    html: str


class FolderReader:
    """The mails in the folder `path`. Files with other names than those of mails are not seen."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)

    def latest(self, most: int) -> list[StoredMail]:
        """At most so many, the one that was written last at the beginning."""
        newest = heapq.nlargest(most, self._written())
        return [found for _, mail_id in newest if (found := self.find(mail_id))]

    def find(self, mail_id: str) -> StoredMail | None:
        """The mail with this id; `None` when there is none."""
        if not NAME.fullmatch(mail_id):
            return None
        try:
            with (self._path / f"{mail_id}{SUFFIX}").open("rb") as file:
                written, content = os.fstat(file.fileno()).st_mtime, file.read(LONGEST)
        except OSError:
            return None
        message = email.message_from_bytes(content, _class=EmailMessage, policy=policy.default)
        return StoredMail(
            mail_id=mail_id,
            written_at=datetime.fromtimestamp(written, timezone.utc),
            to=str(message["To"] or ""),
            subject=str(message["Subject"] or ""),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )

    def _written(self) -> Iterator[tuple[float, str]]:
        """When each mail was written, and its id."""
        try:
            with os.scandir(self._path) as entries:
                for entry in entries:
                    mail_id = entry.name.removesuffix(SUFFIX)
                    if entry.name.endswith(SUFFIX) and NAME.fullmatch(mail_id) and entry.is_file():
                        yield entry.stat().st_mtime, mail_id
        except OSError:
            return


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    payload = body.get_payload(decode=True) if body else b""
    return payload.decode(errors="replace").replace("\r\n", "\n") if isinstance(payload, bytes) else ""
