"""What lists of sessions take and answer."""

from marshmallow import fields, validate

from auth_service.documents.session import KEY, EndReason
from auth_service.web.context import principal
from auth_service.web.schemas.api_key import KeySchema
from auth_service.web.schemas.base import InputSchema
from auth_service.web.schemas.message import MessageSchema
from auth_service.web.schemas.paging import Cursor
from auth_service.web.schemas.session import SessionSchema
from auth_service.web.schemas.times import Timestamp


class OwnSessionSchema(SessionSchema):
    """An active session, and whether it is the caller's own; with `?kind=key`, an API key."""

    name = fields.String(metadata={"description": "What its user calls an API key."})
    current = fields.Function(
        lambda session: session["sessionId"] == principal().session_id, metadata={"type": "boolean"}
    )


class EndedSessionSchema(SessionSchema):
    """A session that ended, when and why."""

    endedAt = Timestamp()
    reason = fields.String(metadata={"enum": list(EndReason)})


class PageQuerySchema(InputSchema):
    """Which page."""

    cursor = Cursor()


class ListQuerySchema(PageQuerySchema):
    """Which page, of sessions of logins or of API keys."""

    kind = fields.String(
        load_default=None,
        validate=validate.OneOf([KEY]),
        metadata={"description": "API keys instead of the sessions of logins."},
    )


class OwnListQuerySchema(ListQuerySchema):
    """The same of the caller's own, perhaps with their places."""

    places = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Whether `places` is in the answer."},
    )


class SessionsAnswerSchema(MessageSchema):
    """A page of active sessions; the cursor of the next where there is one, null on the last of several."""

    sessions = fields.List(fields.Nested(OwnSessionSchema), required=True)
    cursor = fields.String(allow_none=True)
    places = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Float()),
        metadata={"description": "With `?places=true`: latitude and longitude by `sessionId`, where they are known."},
    )


class KeysAnswerSchema(MessageSchema):
    """A page of API keys; the cursor as in a page of sessions."""

    sessions = fields.List(fields.Nested(KeySchema), required=True)
    cursor = fields.String(allow_none=True)


class HistoryAnswerSchema(MessageSchema):
    """A page of ended sessions, and the cursor of the next; null on the last."""

    sessions = fields.List(fields.Nested(EndedSessionSchema), required=True)
    cursor = fields.String(required=True, allow_none=True)


class EndAllQuerySchema(InputSchema):
    """Whether the caller's own session ends too."""

    all = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "Whether the caller's own session ends too."},
    )


class EndedAnswerSchema(MessageSchema):
    """How many sessions ended."""

    ended = fields.Integer(required=True)
