"""What the audit trail takes and answers."""

from datetime import datetime, timezone

from marshmallow import fields, validate

from auth_service.services.audit.events import EventType
from auth_service.web.schemas.base import InputSchema, OutputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.paging import Cursor, PageLimit
from auth_service.web.schemas.times import Timestamp
from auth_service.web.schemas.user import USER_ID

SANE_TIME = validate.Range(datetime(1970, 1, 2, tzinfo=timezone.utc), datetime(9999, 12, 30, tzinfo=timezone.utc))


class OwnAuditQuerySchema(InputSchema):
    """Which events: of some types, from a time on, before a time; ISO 8601 with an offset."""

    type = fields.List(
        fields.Enum(EventType, by_value=True),
        load_default=[],
        validate=validate.Length(max=len(EventType)),
        metadata={"description": "Only events of this type; of one of several, if it is given more than once."},
    )
    since = fields.AwareDateTime(
        load_default=None,
        data_key="from",
        validate=SANE_TIME,
        metadata={"description": "Only events at this time or later: ISO 8601 with an offset."},
    )
    until = fields.AwareDateTime(
        load_default=None,
        data_key="to",
        validate=SANE_TIME,
        metadata={"description": "Only events before this time: ISO 8601 with an offset."},
    )
    limit = PageLimit()
    cursor = Cursor()


class AuditQuerySchema(OwnAuditQuerySchema):
    """The same, of one user."""

    user = fields.String(
        load_default=None, metadata={"pattern": USER_ID, "description": "Only events of the user with this id."}
    )


class AuditEventSchema(OutputSchema):
    """One event: who, when, what, from where, in which request, with which outcome and why."""

    _id = fields.String()
    createdAt = Timestamp()
    type = fields.String(metadata={"enum": list(EventType)})
    outcome = fields.String(metadata={"enum": ["success", "failure"]})
    reason = fields.String(allow_none=True, dump_default=None)
    userId = fields.String(allow_none=True, dump_default=None)
    actorId = fields.String(allow_none=True, dump_default=None)
    sessionId = fields.String(allow_none=True, dump_default=None)
    ip = fields.String()
    requestId = fields.String(dump_default=None)


class AuditAnswerSchema(MessageSchema):
    """A page of events, newest first, and the cursor of the next; null on the last."""

    events = fields.List(fields.Nested(AuditEventSchema), required=True)
    cursor = fields.String(required=True, allow_none=True)
