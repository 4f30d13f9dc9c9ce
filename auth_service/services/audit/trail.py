"""Writes and reads the audit trail: an event for everything that happens to accounts and sessions.

A failed write must not undo what happened, so it is counted and logged, and not raised to the caller.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo.errors import PyMongoError
from pymongo.write_concern import WriteConcern

from auth_service.clock import Clock
from auth_service.database.circuit import circuit
from auth_service.database.faults import explain
from auth_service.database.paging import Page, Position, newest_first
from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.records import AuditEventRecord
from auth_service.documents.session import EndReason
from auth_service.monitoring.metrics import Metrics, NullMetrics
from auth_service.services.audit.events import EventType
from auth_service.services.origin.client import current

log = logging.getLogger(__name__)


class Audit:
    """Writes events that are kept for `retention`, and reads them."""

    def __init__(self, *, clock: Clock, retention: timedelta, metrics: Metrics | None = None) -> None:
        self._clock = clock
        self._retention = retention
        self._metrics = metrics or NullMetrics()
        self.failed_writes = 0

    def record(
        self,
        event: EventType,
        *,
        user_id: ObjectId | None = None,
        actor_id: ObjectId | None = None,
        session_id: str | None = None,
        failure: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Write an event about `user_id`: a failure for the reason `failure`, or a success, optionally with a `reason`.

        `actor_id` is the admin who acted on the user. The address and the request id are those of the current client.
        """
        outcome = {"outcome": "failure" if failure else "success", "reason": failure or reason}
        self._write([self._event(event, userId=user_id, actorId=actor_id, sessionId=session_id, **outcome)])

    def record_theft(self, *, user_id: ObjectId, session_id: str) -> None:
        """Write that a used refresh token of this session was replayed."""
        self._metrics.token_reused()
        reason = EndReason.REUSED_TOKEN.value
        self.record(EventType.REFRESH_REUSED, user_id=user_id, session_id=session_id, failure=reason)

    def record_ended(
        self, session_ids: Iterable[str], *, user_id: ObjectId, reason: EndReason, actor_id: ObjectId | None = None
    ) -> None:
        """Write that these sessions of one user ended; `actor_id` is the admin who ended them, if one did."""
        ended = {"userId": user_id, "actorId": actor_id, "outcome": "success", "reason": reason.value}
        self._write([self._event(EventType.SESSION_ENDED, sessionId=each, **ended) for each in session_ids])

    def page(
        self,
        *,
        limit: int,
        after: Position | None = None,
        user_id: ObjectId | None = None,
        events: Sequence[EventType] = (),
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[AuditEventRecord]:
        """At most `limit` events, newest first, that follow `after`.

        Optionally only those of one user, of some types, from `since` on, and before `until`.
        """
        period = _present({"$gte": since, "$lt": until})
        wanted = {"$in": [event.value for event in events]} if events else None
        condition = _present({"userId": user_id, "type": wanted, "createdAt": period or None})
        return newest_first(AuditEvent._get_collection(), condition, time_key="createdAt", limit=limit, after=after)

    def lose(self, number: int, error: PyMongoError) -> None:
        """Count and log that `number` events were not written because of `error`."""
        circuit.notice(error)
        self.failed_writes += number
        self._metrics.audit_events_lost(number)
        log.error("%d audit events were not written: %s", number, explain(error))

    def _event(self, event: EventType, **fields: Any) -> dict[str, Any]:
        now, client = self._clock.now(), current.get()
        return {
            "createdAt": now,
            "type": event.value,
            "ip": client.ip,
            "requestId": client.request_id,
            "purgeAt": now + self._retention,
            **_present(fields),
        }

    def _write(self, events: list[dict[str, Any]]) -> None:
        if not events:
            return
        collection = AuditEvent._get_collection().with_options(write_concern=WriteConcern(w=1))
        try:
            collection.insert_one(events[0]) if len(events) == 1 else collection.insert_many(events)
        except PyMongoError as error:
            self.lose(len(events), error)


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
