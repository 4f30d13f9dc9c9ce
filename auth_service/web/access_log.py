"""One line and a few figures for every request, when its answer is ready.

What a client can choose freely is in neither: the route is the rule and not the path, the method one that is known, the
id sane, user and session those of a verified token.
"""

import logging
import time
from typing import Any

from flask import Flask, Response, g, request

from auth_service import command_times
from auth_service.services.prometheus_metrics import METHODS, OTHER
from auth_service.web.context import client, services

log = logging.getLogger("auth_service.access")

# What platforms ask every few seconds, and what scrapers do: worth a line when it fails.
UNINTERESTING = frozenset({"health.index", "health.alive", "health.ready", "metrics.exposition"})
LOGIN, REFRESH = "auth.login", "auth.refresh"
NO_ROUTE = "none"


def init_app(app: Flask) -> None:
    """Register both ends; call it before all other hooks, so that they lie between."""
    app.before_request(begin)
    app.after_request(finish)


def begin() -> None:
    """Note the time, and listen to what the database is sent."""
    g.began = time.perf_counter()
    command_times.current.set([])


def finish(response: Response) -> Response:
    """Count the request and log it."""
    seconds = time.perf_counter() - g.began
    commands = command_times.current.get() or []
    command_times.current.set(None)
    route = request.url_rule.rule if request.url_rule else NO_ROUTE
    _count(response.status_code, route, seconds, commands)
    level = _level(response.status_code)
    if log.isEnabledFor(level):
        log.log(level, "request", extra={"fields": _fields(response.status_code, route, seconds, commands)})
    return response


def _count(status: int, route: str, seconds: float, commands: list[command_times.Command]) -> None:
    metrics, code = services().metrics, g.get("error_code")
    metrics.answered(route=route, method=request.method, status=status, seconds=seconds)
    metrics.commands_sent(commands)
    if code:
        metrics.refused(route=route, code=code)
    if request.endpoint == LOGIN:
        metrics.login(code or "success")
    elif request.endpoint == REFRESH:
        metrics.refresh(code or "success")


def _level(status: int) -> int:
    if status >= 500:
        return logging.WARNING
    return logging.DEBUG if request.endpoint in UNINTERESTING and status < 400 else logging.INFO


def _fields(status: int, route: str, seconds: float, commands: list[command_times.Command]) -> dict[str, Any]:
    user_id, session_id = g.get("subject", (None, None))
    fields = {
        "method": request.method if request.method in METHODS else OTHER,
        "route": route,
        "status": status,
        "code": g.get("error_code"),
        "durationMs": round(seconds * 1000, 2),
        "userId": user_id,
        "sessionId": session_id,
        "ip": client().ip,
        "databaseCommands": len(commands),
        "databaseMs": round(sum(command.seconds for command in commands) * 1000, 2),
    }
    return {name: value for name, value in fields.items() if value is not None}
