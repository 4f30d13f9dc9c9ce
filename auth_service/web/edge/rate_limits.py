"""How often a call may be made: by address, by account, by session for refreshes. All workers share the store.

When the store does not answer, neither does the call: a 503, never an open door.
"""

import math
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, request
from flask_limiter import Limiter
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import MongoDBStorage
from pymongo.errors import PyMongoError

from auth_service.database import connection
from auth_service.database.circuit import circuit
from auth_service.database.connection import database_name
from auth_service.errors import DatabaseUnavailable, InvalidJSON, InvalidRequest, RateLimited
from auth_service.services.accounts import email_addresses
from auth_service.services.protection.login_throttle import account_key
from auth_service.settings.settings import Settings
from auth_service.web.access import known_device
from auth_service.web.context import client, settings, this_request
from auth_service.web.edge import json_body
from auth_service.web.error_handlers import answer, log

EXTENSION = "auth_service.rate_limits"
OWN_MONGODB = "own-mongodb://"
REDIS_TIMEOUT = 1  # second
LOGIN, REFRESH, ACCOUNT = "auth.login", "auth.refresh", "account"


class OwnMongoDB(MongoDBStorage):
    """The store of `limits` on the client the service has, with its time-outs; closing that is not the store's."""

    STORAGE_SCHEME = [OWN_MONGODB.removesuffix("://")]

    def __init__(self, uri: str, *, database_name: str, **options: Any) -> None:
        super().__init__(
            uri,
            database_name=database_name,
            counter_collection_name="rate_limits",
            window_collection_name="rate_limit_windows",
            **options,
        )

    def _init_mongo_client(self, uri: str | None, **options: str | int | bool) -> Any:
        return connection.client()

    def __del__(self) -> None:
        """Leave the client open."""


class _Exceeded(RateLimited):
    """A limit that was reached, for the `RateLimit` headers."""

    def __init__(self, item: RateLimitItem, reset: float) -> None:
        self.limit = item.amount
        super().__init__(retry_after=max(1, math.ceil(reset - time.time())))


def init_app(app: Flask, settings: Settings) -> None:
    """Open the store and register the hook; nothing where `RATELIMIT_ENABLED` is false."""
    if not settings.rate_limits.enabled:
        return
    uri = settings.rate_limits.storage_url
    options: dict[str, str | int] = {
        "wrap_exceptions": True,
        "socket_timeout": REDIS_TIMEOUT,
        "socket_connect_timeout": REDIS_TIMEOUT,
    }
    if uri is None:
        uri, options = OWN_MONGODB, {"database_name": database_name(settings.database.url)}
    limiter = Limiter(
        _address, app=app, storage_uri=uri, storage_options=options, strategy="fixed-window", headers_enabled=False
    )
    app.extensions[EXTENSION] = limiter
    app.before_request(enforce)
    app.after_request(count_login)
    app.register_error_handler(_Exceeded, _answer_exceeded)
    app.register_error_handler(StorageError, _answer_storage_error)


def enforce() -> None:
    """The hook before every request: count it where it is limited.

    Raises:
        RateLimited: it is one too many.
    """
    endpoint = this_request().endpoint or ""
    for rule, key in RULES.get(endpoint, ()):
        _hit(getattr(settings().rate_limits, rule), endpoint, key())
    if endpoint == LOGIN and (account := _account()):
        _require(settings().rate_limits.login_account, ACCOUNT, account)


def require_refresh_allowed(sid: str) -> None:
    """Return when the session may be refreshed once more.

    Raises:
        RateLimited: it was refreshed too often.
    """
    if EXTENSION in current_app.extensions:
        _require(settings().rate_limits.refresh, REFRESH, sid)


def count_refresh(sid: str) -> None:
    """Count a refresh that was granted: a token that is none, or used, uses up nobody's limit."""
    if EXTENSION in current_app.extensions:
        _count(settings().rate_limits.refresh, REFRESH, sid)


def count_login(response: Response) -> Response:
    """The hook after every request: count a login whose password was looked at, and no other.

    Strangers who are delayed use up nothing of the owner's.
    """
    if this_request().endpoint == LOGIN and response.status_code in (200, 401) and (account := _account()):
        _count(settings().rate_limits.login_account, ACCOUNT, account)
    return response


def _require(rule: str, scope: str, name: str) -> None:
    limiter, item = current_app.extensions[EXTENSION], parse(rule)
    if not limiter.limiter.test(item, scope, name):
        raise _exceeded(limiter, item, scope, name)


def _count(rule: str, scope: str, name: str) -> None:
    try:
        current_app.extensions[EXTENSION].limiter.hit(parse(rule), scope, name)
    except (PyMongoError, StorageError) as error:  # what is counted has happened: its answer must not be lost
        circuit.notice(error)
        log.error("%s was not counted: %s", scope, error)


def _hit(rule: str, endpoint: str, name: str) -> None:
    limiter, item = current_app.extensions[EXTENSION], parse(rule)
    if not limiter.limiter.hit(item, endpoint, name):
        raise _exceeded(limiter, item, endpoint, name)


def _exceeded(limiter: Limiter, item: RateLimitItem, endpoint: str, name: str) -> _Exceeded:
    stats = limiter.limiter.get_window_stats(item, endpoint, name)
    return _Exceeded(item, stats.reset_time)


def _answer_storage_error(error: StorageError) -> Response:
    log.error("the store of the rate limits does not answer: %s", error)
    return answer(DatabaseUnavailable())


def _answer_exceeded(error: _Exceeded) -> Response:
    response = answer(error)
    response.headers["RateLimit-Limit"] = str(error.limit)
    response.headers["RateLimit-Remaining"] = "0"
    response.headers["RateLimit-Reset"] = str(error.retry_after)
    return response


def _address() -> str:
    return client().network


def _account() -> str | None:
    """The account a login is for, or the known device of it that logs in; `None` when the body names none."""
    try:
        body = json_body.load(request.get_data())
        name = account_key(email_addresses.canonical(body["email"]))
    except (InvalidJSON, InvalidRequest, TypeError, KeyError, AttributeError):
        return None
    device = known_device.presented()
    return f"{name}:{device.device_id}" if device and device.account == name else name


Key = Callable[[], str]
RULES: dict[str, tuple[tuple[str, Key], ...]] = {
    "auth.register": (("register", _address),),
    LOGIN: (("login", _address),),
    "profile.change_password": (("password", _address),),
}
