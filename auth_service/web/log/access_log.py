"""Logs and counts every request when its response is ready.

Neither the line nor the metrics hold a value that a client can choose freely: the route is the URL rule and not the
path, the method is a known one, the request id is validated, and user and session come from a verified token.
"""

import logging
import time
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response

from auth_service.database import command_log
from auth_service.database.command_log import Command
from auth_service.monitoring.labels import METHODS, OTHER
from auth_service.web.context import client, request_globals, services, settings, this_request
from auth_service.web.endpoint_policy import LOGINS, REFRESHES, Access, EndpointPolicy, policy
from auth_service.web.log.lines import FIELDS

log = logging.getLogger("auth_service.access")

NO_ROUTE = "none"


def init_app(app: Flask) -> None:
    """Register both hooks; call it before all others, so that the time of those is included."""
    app.before_request(begin)
    app.after_request(finish)


@dataclass(slots=True)
class Exchange:
    """A request and its response. `subject` is the user's id and the session's; `seconds` the duration."""

    policy: EndpointPolicy
    method: str
    route: str
    status: int
    code: str | None
    subject: tuple[str, str] | None
    seconds: float
    commands: list[Command]


def begin() -> None:
    """Note the time, and begin to record the commands to the database."""
    request_globals().began = time.perf_counter()
    command_log.current.set([])


def finish(response: Response) -> Response:
    """Count the request and log it."""
    exchange = _exchange(response.status_code)
    _count(exchange)
    level = _level(exchange)
    if log.isEnabledFor(level):
        record = logging.LogRecord(log.name, level, __file__, 0, "request", (), None)
        setattr(record, FIELDS, _fields(exchange))
        log.handle(record)
    return response


def _exchange(status: int) -> Exchange:
    commands = command_log.current.get() or []
    command_log.current.set(None)
    request, kept = this_request(), request_globals()
    return Exchange(
        policy=policy(),
        method=request.method if request.method in METHODS else OTHER,
        route=request.url_rule.rule if request.url_rule else NO_ROUTE,
        status=status,
        code=kept.get("error_code"),
        subject=kept.get("subject"),
        seconds=time.perf_counter() - kept.began,
        commands=commands,
    )


def _count(exchange: Exchange) -> None:
    metrics, route, code = services().metrics, exchange.route, exchange.code
    metrics.answered(route=route, method=exchange.method, status=exchange.status, seconds=exchange.seconds)
    metrics.database_commands(exchange.commands)
    if code:
        metrics.refused(route=route, code=code)
    outcomes = {LOGINS: metrics.login, REFRESHES: metrics.refresh}
    if exchange.method == "POST" and exchange.policy.counted_as:  # Flask answers OPTIONS of the same route
        outcomes[exchange.policy.counted_as](code or "success")


def _level(exchange: Exchange) -> int:
    if exchange.status >= 500:
        return logging.WARNING
    return logging.INFO if exchange.status >= 400 or _logs_success(exchange.policy) else logging.DEBUG


def _logs_success(policy: EndpointPolicy) -> bool:
    return policy.logs_success or (policy.access is not Access.PUBLIC and settings().service.log_verify)


def _fields(exchange: Exchange) -> dict[str, Any]:
    fields: dict[str, Any] = {"method": exchange.method, "route": exchange.route, "status": exchange.status}
    if exchange.code:
        fields["code"] = exchange.code
    if exchange.subject:
        fields["userId"], fields["sessionId"] = exchange.subject
    fields["ip"] = client().ip
    fields["durationMs"] = round(exchange.seconds * 1000, 2)
    fields["databaseCommands"] = len(exchange.commands)
    fields["databaseMs"] = round(sum(command.seconds for command in exchange.commands) * 1000, 2)
    return fields
