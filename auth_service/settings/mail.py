"""The settings of mail: how it is sent, from which address, in whose words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from auth_service.settings.environment import var
from auth_service.settings.forms import BOOLEAN, FOLDER, MAIL_URL, MAILBOX
from auth_service.settings.mail_url import MailURL
from auth_service.settings.service import in_development

FOLDER_OF_DEVELOPMENT = MailURL(scheme="file", path="instance/mails")


def _in_a_folder(environ: Mapping[str, str]) -> MailURL | None:
    return FOLDER_OF_DEVELOPMENT if in_development(environ) else None


def _sender(environ: Mapping[str, str]) -> str | None:
    return "auth_service <auth@localhost>" if in_development(environ) else None


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How mail leaves the service."""

    heading: ClassVar[str] = "Mail"

    url: MailURL | None = var(
        "MAIL_URL",
        MAIL_URL,
        _in_a_folder,
        secret=True,
        default_words="none",
        about="Where mail is handed over; without it, its routes answer 404.",
    )
    sender: str | None = var(
        "MAIL_FROM",
        MAILBOX,
        _sender,
        default_words="none",
        about="The sender of all mail; `MAIL_URL` needs it.",
    )
    templates: str | None = var(
        "MAIL_TEMPLATES",
        FOLDER,
        None,
        about="A folder of texts, such as `en/reset.txt`, that replace those of the service.",
    )
    workers: bool = var(
        "MAIL_WORKERS",
        BOOLEAN,
        True,
        about="Whether each worker process sends mail; `false` where `mail run` does.",
    )

    @property
    def enabled(self) -> bool:
        """Whether the service sends mail."""
        return self.url is not None
