"""The records of the collections, typed, as pymongo reads and writes them: keys as stored, times in UTC.

The documents beside this module define the collections, their indexes and which fields are required. A key that is
not required is absent where it has no value.
"""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from bson import ObjectId


class LastPlace(TypedDict):
    """Where an account was last logged in to: latitude and longitude in degrees, and the time."""

    coordinates: list[float]
    at: datetime


class SuspensionRecord(TypedDict):
    """Since when an account is suspended, by which admin (`None`: the operator), and why, for other admins."""

    at: datetime
    by: ObjectId | None
    reason: NotRequired[str]


class FactorRecord(TypedDict):
    """A second factor; see `documents.factor.Factor`."""

    _id: ObjectId
    kind: str
    name: str
    createdAt: datetime
    pendingUntil: NotRequired[datetime]
    lastUsedAt: NotRequired[datetime]
    sealed: NotRequired[bytes]
    sealedBy: NotRequired[str]
    lastStep: NotRequired[int]
    credentialId: NotRequired[bytes]
    publicKey: NotRequired[bytes]
    signCount: NotRequired[int]
    host: NotRequired[str]
    transports: NotRequired[list[str]]
    backupEligible: NotRequired[bool]
    backedUp: NotRequired[bool]
    suspectAt: NotRequired[datetime]


class RecoveryCodeRecord(TypedDict):
    """A recovery code: the SHA-256 of its text, in hexadecimal, and when it was used."""

    hash: str
    usedAt: NotRequired[datetime]


class TicketRecord(TypedDict):
    """How often a ticket of a login was tried, by its id, until it expires; the challenges that passkeys answered."""

    id: str
    tries: int
    expiresAt: datetime
    answered: NotRequired[list[bytes]]


class TriesRecord(TypedDict):
    """Wrong codes in a row, when the last one was, until when further ones are refused; tries of `tickets`."""

    failures: NotRequired[int]
    failedAt: NotRequired[datetime]
    until: NotRequired[datetime]
    tickets: NotRequired[list[TicketRecord]]


class SecondFactorRecord(TypedDict):
    """The second factors of an account; see `documents.factor.SecondFactor`."""

    since: datetime
    totp: NotRequired[list[FactorRecord]]
    passkey: NotRequired[list[FactorRecord]]
    recoveryCodes: list[RecoveryCodeRecord]
    tries: NotRequired[TriesRecord]


class UserRecord(TypedDict):
    """A user; see `documents.user.User`. One who was invited has no password yet."""

    _id: ObjectId
    email: str
    password: NotRequired[str]
    role: str
    authVersion: int
    writes: NotRequired[int]
    createdAt: datetime
    updatedAt: datetime
    lastLoginAt: NotRequired[datetime]
    passwordChangedAt: NotRequired[datetime]
    emailVerifiedAt: NotRequired[datetime]
    seenDevices: NotRequired[list[str]]
    seenCountries: NotRequired[list[str]]
    lastPlace: NotRequired[LastPlace]
    suspended: NotRequired[SuspensionRecord]
    secondFactor: NotRequired[SecondFactorRecord]
    pendingApp: NotRequired[FactorRecord]


class SessionRecord(TypedDict):
    """A session; see `documents.session.Session`."""

    _id: ObjectId
    sessionId: str
    userId: ObjectId
    role: str
    ip: str
    truncatedIp: NotRequired[str]
    userAgent: str
    device: str
    browser: str
    os: str
    location: str
    city: NotRequired[str]
    region: NotRequired[str]
    country: NotRequired[str]
    countryCode: NotRequired[str]
    coordinates: NotRequired[list[float]]
    unusual: NotRequired[list[str]]
    createdAt: datetime
    lastSeenAt: datetime
    expiresAt: datetime
    absoluteExpiresAt: datetime
    endedAt: NotRequired[datetime]
    reason: NotRequired[str]
    refreshHash: NotRequired[str]
    refreshExpiresAt: NotRequired[datetime]
    generation: int
    rotatedAt: NotRequired[list[datetime]]
    importedHash: NotRequired[str]
    importedAt: NotRequired[datetime]
    kind: NotRequired[str]
    name: NotRequired[str]
    keyHash: NotRequired[str]
    authenticatedAt: NotRequired[datetime]
    amr: NotRequired[list[str]]
    tries: NotRequired[TriesRecord]
    forbiddenAt: NotRequired[datetime]
    purgeAt: datetime


class CodeRecord(TypedDict):
    """A code; see `documents.code.Code`."""

    _id: bytes
    purpose: str
    userId: NotRequired[ObjectId]
    binding: str
    address: NotRequired[str]
    password: NotRequired[str]
    tries: int
    mailedAt: NotRequired[datetime]
    mailedBy: NotRequired[ObjectId]
    createdAt: datetime
    expiresAt: datetime


class MailRecord(TypedDict):
    """A mail; see `documents.mail.Mail`."""

    _id: ObjectId
    kind: str
    to: NotRequired[str]
    userId: NotRequired[ObjectId]
    language: str
    values: NotRequired[dict[str, Any]]
    codeId: NotRequired[bytes]
    state: str
    attempts: int
    dueAt: datetime
    allowance: NotRequired[str]
    decidedAt: NotRequired[datetime]
    lastError: NotRequired[str]
    createdAt: datetime
    purgeAt: datetime


class AuditEventRecord(TypedDict):
    """An event of the audit trail; see `documents.audit_event.AuditEvent`."""

    _id: ObjectId
    createdAt: datetime
    type: str
    outcome: str
    reason: NotRequired[str]
    userId: NotRequired[ObjectId]
    actorId: NotRequired[ObjectId]
    sessionId: NotRequired[str]
    ip: str
    requestId: NotRequired[str]
    purgeAt: datetime


def effective_expires_at(session: SessionRecord) -> datetime:
    """When a session expires if it is not touched again: at the earlier of its idle and its absolute limit."""
    return min(session["expiresAt"], session["absoluteExpiresAt"])
