"""Decides about a claimed mail: to whom, with which code, or not at all. Every decision is made once and recorded."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from auth_service.clock import Clock
from auth_service.documents.records import MailRecord, UserRecord
from auth_service.documents.user import User
from auth_service.services.audit.events import EventType
from auth_service.services.audit.trail import Audit
from auth_service.services.codes.codes import Codes, IssuedCode
from auth_service.services.mail.allowance import let_through
from auth_service.services.mail.kinds import Kind
from auth_service.services.mail.values import in_words

# Completes a mail whose request did not look anything up: the mail to go on with, or `None` when there is none to send.
Completion = Callable[[MailRecord], MailRecord | None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is to be sent: whose text, to whom, with what in it."""

    mail_id: str
    kind: Kind
    language: str
    to: str
    values: Mapping[str, str] = field(repr=False)


class Preparation:
    """Prepares claimed mails; `completions` has what is to be looked up for some kinds."""

    def __init__(self, *, clock: Clock, codes: Codes, audit: Audit, completions: Mapping[Kind, Completion]) -> None:
        self._clock = clock
        self._codes = codes
        self._audit = audit
        self._completions = completions

    def prepare(self, mail: MailRecord) -> Letter | None:
        """The letter; `None` where none is to be sent: its code works no more, its user is gone, it is one too many.

        A mail is prepared again at each attempt, with the same result while its code works.
        """
        complete = self._completions.get(Kind(mail["kind"]))
        completed = complete(mail) if complete else mail
        to = _recipient(completed) if completed else None
        if completed is None or to is None:
            return None
        if not let_through(completed, to, clock=self._clock):
            self._audit.record(EventType.MAIL_SUPPRESSED, user_id=completed.get("userId"), reason=completed["kind"])
            return None
        code = self._code(completed)
        if code is None and "codeId" in completed:
            return None
        return Letter(
            mail_id=str(completed["_id"]),
            kind=Kind(completed["kind"]),
            language=completed["language"],
            to=to,
            values={**completed.get("values", {}), **_described(code)},
        )

    def _code(self, mail: MailRecord) -> IssuedCode | None:
        return self._codes.mark_mailed(mail["codeId"], mail_id=mail["_id"]) if "codeId" in mail else None


def _recipient(mail: MailRecord) -> str | None:
    """The address of the mail, or that of its user; `None` when the user is gone."""
    if "to" in mail:
        return mail["to"]
    user: UserRecord | None = User._get_collection().find_one({"_id": mail.get("userId")}, {"email": 1})
    return user["email"] if user else None


def _described(code: IssuedCode | None) -> dict[str, str]:
    return {"code": code.code, "until": in_words(code.expires_at)} if code else {}
