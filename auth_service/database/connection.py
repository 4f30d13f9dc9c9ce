"""The connection to MongoDB: the process's client, another for long work, and the commands that ask after the server.

Every command of the process's client is answered or fails within `TIMEOUT`. An acknowledged write is on a majority.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timezone
from typing import Any

import pymongo
from mongoengine import connect as mongoengine_connect
from mongoengine import disconnect
from mongoengine.connection import ConnectionFailure, get_connection, get_db
from pymongo.errors import ConfigurationError as MongoConfigurationError
from pymongo.errors import InvalidName, InvalidURI
from pymongo.uri_parser import parse_uri

from auth_service.database.circuit import GuardedClient
from auth_service.database.command_log import LISTENER
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.service import DatabaseSettings

TIMEOUT = 1.5  # seconds: leaves room for an answer within 2 s (docs/decisions/11)
DEFAULT_NAME = "auth_service"


def connect(settings: DatabaseSettings) -> None:
    """Make the process's MongoClient, or keep the one that exists for the same URL. Nothing is sent to it yet.

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
        "connectTimeoutMS": int(TIMEOUT * 1000),  # also of the monitors, which notice when a silent server is back
        "heartbeatFrequencyMS": 2000,  # after a refused login pymongo sends nothing until the next heartbeat
        "w": "majority",
        "readPreference": "primary",
        "event_listeners": [LISTENER],
        "mongo_client_class": GuardedClient,
    }
    try:
        mongoengine_connect(**options)
    except ConnectionFailure:  # a client for another URL exists: MongoEngine keeps one connection a process
        disconnect()
        mongoengine_connect(**options)


def database_name(url: str) -> str:
    """The database that the path of `url` names, or `DEFAULT_NAME`. No DNS is asked, not even for `mongodb+srv`."""
    plain = url.replace("mongodb+srv://", "mongodb://", 1)
    return parse_uri(plain, validate=False)["database"] or DEFAULT_NAME


def ping() -> None:
    """Return when the primary answers.

    Raises:
        pymongo.errors.PyMongoError: it does not, within `TIMEOUT`.
    """
    get_db().command("ping")


def hello() -> dict[str, Any]:
    """The answer of the primary to the command `hello`: its kind, its replica set and its time.

    Raises:
        pymongo.errors.PyMongoError: it does not answer within `TIMEOUT`.
    """
    database = get_db()
    answer: dict[str, Any] = database.client.admin.command("hello", codec_options=database.codec_options)
    return answer


def client() -> "pymongo.MongoClient[dict[str, Any]]":
    """The process's MongoClient."""
    connected: pymongo.MongoClient[dict[str, Any]] = get_connection()
    return connected


@contextmanager
def patient_database(url: str) -> "Iterator[pymongo.database.Database[dict[str, Any]]]":
    """The database of `url` through a client of its own, whose commands have no time limit: for long administration.

    Raises:
        ConfigurationError: `url` is not a MongoDB URL.
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
