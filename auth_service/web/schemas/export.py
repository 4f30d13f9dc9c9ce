"""An export as JSON, written piece by piece, so that its size does not matter; and the JSON Schema it conforms to."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields, post_dump

from auth_service.documents.session import KEY
from auth_service.services.accounts.export import Export
from auth_service.web.schemas.base import OutputSchema
from auth_service.web.schemas.factor import FactorSchema
from auth_service.web.schemas.session import SessionSchema
from auth_service.web.schemas.times import Timestamp, iso
from auth_service.web.schemas.user import UserSchema


class _Sparse(OutputSchema):
    """Leaves out what has no value."""

    @post_dump
    def _omit_empty(self, dumped: dict[str, Any], **options: Any) -> dict[str, Any]:
        return {key: value for key, value in dumped.items() if value not in (None, [])}


class ExportedAccountSchema(_Sparse, UserSchema):
    """The account, and what recognises unusual logins to it."""

    lastLoginAt = Timestamp()
    passwordChangedAt = Timestamp()
    emailVerifiedAt = Timestamp()
    seenDevices = fields.List(fields.String())
    seenCountries = fields.List(fields.String())


class ExportedFactorSchema(_Sparse, FactorSchema):
    """A second factor, without what it proves itself by."""


class ExportedSessionSchema(_Sparse, SessionSchema):
    """A session or an API key, active or ended, and until when it is kept."""

    kind = fields.String()
    name = fields.String()
    coordinates = fields.List(fields.Float())
    endedAt = Timestamp()
    reason = fields.String()
    keptUntil = Timestamp(attribute="purgeAt")


class ExportedEventSchema(_Sparse):
    """An event of the audit trail, and until when it is kept."""

    createdAt = Timestamp()
    type = fields.String()
    outcome = fields.String()
    reason = fields.String()
    actorId = fields.String()
    sessionId = fields.String()
    ip = fields.String()
    requestId = fields.String()
    keptUntil = Timestamp(attribute="purgeAt")


def written(export: Export, *, at: datetime, schema: str) -> Iterator[str]:
    """The pieces of the JSON text of an export that was made `at` a time; `schema` is the address of its schema."""
    head = {"$schema": schema, "exportedAt": iso(at), "account": ExportedAccountSchema().dump(export.account)}
    yield json.dumps(head, ensure_ascii=False)[:-1]
    yield from _list("factors", ExportedFactorSchema(), export.factors)
    yield from _list("sessions", ExportedSessionSchema(), export.sessions)
    yield from _list("events", ExportedEventSchema(), export.events)
    yield "}\n"


def _list(name: str, schema: Schema, records: Iterable[Any]) -> Iterator[str]:
    yield f', "{name}": ['
    separator = "\n"
    for record in records:
        yield separator + json.dumps(schema.dump(record), ensure_ascii=False)
        separator = ",\n"
    yield "]"


TIME = {"type": "string", "format": "date-time"}
TEXT = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required.split(),
        "properties": properties,
        "additionalProperties": False,
    }


def _texts(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, TEXT)


def _times(*names: str) -> dict[str, Any]:
    return dict.fromkeys(names, TIME)


SESSION = _object(
    "sessionId userId ip userAgent device browser os location createdAt lastSeenAt expiresAt keptUntil",
    **_texts("sessionId", "userId", "ip", "userAgent", "device", "browser", "os", "location", "name", "reason"),
    **_times("createdAt", "lastSeenAt", "expiresAt", "endedAt", "keptUntil"),
    kind={"const": KEY},
    unusual=TEXTS,
    amr=TEXTS,
    coordinates={"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
)
EVENT = _object(
    "createdAt type outcome ip keptUntil",
    **_texts("type", "reason", "actorId", "sessionId", "ip", "requestId"),
    **_times("createdAt", "keptUntil"),
    outcome={"enum": ["success", "failure"]},
)
FACTOR = _object(
    "factorId kind name createdAt",
    **_texts("factorId", "kind", "name"),
    **_times("createdAt", "lastUsedAt"),
    synced={"type": "boolean"},
)
ACCOUNT = _object(
    "_id email role createdAt updatedAt",
    **_texts("_id", "email", "role"),
    **_times("createdAt", "updatedAt", "suspendedAt", "lastLoginAt", "passwordChangedAt", "emailVerifiedAt"),
    seenDevices=TEXTS,
    seenCountries=TEXTS,
)
JSON_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Everything that is stored about a user",
    "description": "The account is kept until it is deleted, sessions and events until `keptUntil`.",
    **_object(
        "$schema exportedAt account factors sessions events",
        **{"$schema": TEXT},
        exportedAt=TIME,
        account=ACCOUNT,
        factors={"type": "array", "items": FACTOR},
        sessions={"type": "array", "items": SESSION},
        events={"type": "array", "items": EVENT},
    ),
}
