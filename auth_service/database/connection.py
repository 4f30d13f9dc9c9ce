"""The connection to MongoDB: opening it, and asking whether it answers.

Every command answers or fails within `TIMEOUT`; what is acknowledged was written to a majority.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timezone
from typing import Any, TypeVar

import pymongo
from mongoengine import connect as mongoengine_connect
from mongoengine import disconnect
from mongoengine.connection import ConnectionFailure, get_connection, get_db
from pymongo.errors import ConfigurationError as MongoConfigurationError
from pymongo.errors import InvalidName, InvalidURI
from pymongo.uri_parser import parse_uri
from pymongo.write_concern import WriteConcern

from auth_service.database.circuit import GuardedClient
from auth_service.database.command_log import LISTENER
from auth_service.documents.audit_event import AuditEvent
from auth_service.documents.login_delay import LoginDelay
from auth_service.documents.refresh_token import RefreshToken
from auth_service.documents.session import Session
from auth_service.documents.user import User
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.service import DatabaseSettings

Result = TypeVar("Result")

TIMEOUT = 1.5  # seconds: leaves room for an answer within 2 s (decision 11 of ARCHITECTURE.md)
DEFAULT_NAME = "auth_service"
DOCUMENTS = (User, Session, RefreshToken, AuditEvent, LoginDelay)
MAJORITY = WriteConcern(w="majority")


def connect(settings: DatabaseSettings) -> None:
    """Set up the process's MongoClient, or keep the one there is for the same URL; nothing is sent until a command is.

    Raises:
        ConfigurationError: `DB_URL` is not a MongoDB URL.
    """
    try:
        _connect(settings.url)
    except (InvalidURI, InvalidName, MongoConfigurationError, ValueError):
        raise ConfigurationError(["DB_URL is not a valid MongoDB URL"]) from None


def _connect(url: str) -> None:
    options: dict[str, Any] = {
        "host": url,
        "db": database_name(url),
        "connect": False,
        "tz_aware": True,
        "tzinfo": timezone.utc,
        "uuidRepresentation": "standard",
        "timeoutMS": int(TIMEOUT * 1000),
        "connectTimeoutMS": int(TIMEOUT * 1000),  # of the monitors, too, which see when a silent server is back
        "heartbeatFrequencyMS": 2000,  # after a refused login pymongo asks nothing until the next one
        "w": "majority",
        "readPreference": "primary",
        "event_listeners": [LISTENER],
        "mongo_client_class": GuardedClient,
    }
    try:
        mongoengine_connect(**options)
    except ConnectionFailure:  # there is one with another URL: MongoEngine keeps one connection for the process
        disconnect()
        mongoengine_connect(**options)


def database_name(url: str) -> str:
    """The database the URL's path names. A `mongodb+srv` URL is parsed as text: its DNS is asked only on connecting."""
    plain = url.replace("mongodb+srv://", "mongodb://", 1)
    return parse_uri(plain, validate=False)["database"] or DEFAULT_NAME


def ping() -> None:
    """Return when the primary answers.

    Raises:
        pymongo.errors.PyMongoError: it does not, within `TIMEOUT`.
    """
    get_db().command("ping")


def client() -> "pymongo.MongoClient[dict[str, Any]]":
    """The process's MongoClient."""
    connected: pymongo.MongoClient[dict[str, Any]] = get_connection()
    return connected


@contextmanager
def patient_database(url: str) -> "Iterator[pymongo.database.Database[dict[str, Any]]]":
    """The database of `url` through a client of its own, whose commands may take as long as an operator's work does.

    Raises:
        ConfigurationError: it is not a MongoDB URL.
    """
    try:
        patient = pymongo.MongoClient[dict[str, Any]](
            url,
            tz_aware=True,
            tzinfo=timezone.utc,
            uuidRepresentation="standard",
            w="majority",
            readPreference="primary",
        )
    except (InvalidURI, InvalidName, MongoConfigurationError, ValueError):
        raise ConfigurationError(["the URL of the database is not a valid MongoDB URL"]) from None
    with patient:
        yield patient[database_name(url)]
