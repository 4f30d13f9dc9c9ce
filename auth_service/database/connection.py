"""The connection to MongoDB: the process's client, another for long work, and the commands that ask after the server.

Every command of the process's client is answered or fails within `TIMEOUT`. An acknowledged write is on a majority.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timezone
from typing import Any

import pymongo
from mongoengine import connect as mongoengine_connect
from mongoengine import disconnect
from mongoengine.connection import ConnectionFailure, get_connection, get_db
from pymongo.errors import ConfigurationError as MongoConfigurationError
from pymongo.errors import InvalidName, InvalidURI

from auth_service.database.circuit import ANSWERS, GuardedClient, is_patient
from auth_service.database.command_log import LISTENER
from auth_service.settings.environment import ConfigurationError
from auth_service.settings.mongodb_url import database_name
from auth_service.settings.service import DatabaseSettings

TIMEOUT = 1.5  # seconds: leaves room for an answer within 2 s (docs/decisions/11)
PATIENCE = 24 * 3600  # seconds: for all of an operator's command, on a database that answers


@dataclass(frozen=True)
class _ClientOf:
    """Makes the client of `url` for MongoEngine, which would ask DNS for the hosts of `mongodb+srv` on its own.

    The driver asks when the first command is sent, so a DNS that does not answer is a database that does not answer.
    """

    url: str

    def __call__(self, **ignored: Any) -> GuardedClient:
        """A client to which nothing was sent yet; MongoEngine's own options are not for it."""
        return GuardedClient(
            self.url,
            connect=False,
            tz_aware=True,
            tzinfo=timezone.utc,
            uuidRepresentation="standard",
            timeoutMS=int(TIMEOUT * 1000),
            connectTimeoutMS=int(TIMEOUT * 1000),  # also of the monitors, which notice when a silent server is back
            heartbeatFrequencyMS=2000,  # after a refused login pymongo sends nothing until the next heartbeat
            w="majority",
            readPreference="primary",
            event_listeners=[LISTENER, ANSWERS],
        )


def connect(settings: DatabaseSettings) -> None:
    """Make the process's MongoClient, or keep the one that exists for the same URL. Nothing is sent to it yet.

    Raises:
        ConfigurationError: a file for TLS that `DB_URL` names has changed since the settings were read.
    """
    try:
        name = database_name(settings.url)
        try:
            _register(settings.url, name)
        except ConnectionFailure:  # a client for another URL exists: MongoEngine keeps one connection a process
            disconnect()
            _register(settings.url, name)
    except (ConnectionFailure, MongoConfigurationError, ValueError, OSError):
        disconnect()
        raise ConfigurationError(["DB_URL cannot be used, though the settings were valid"]) from None


def _register(url: str, name: str) -> None:
    mongoengine_connect(name, mongo_client_class=_ClientOf(url), uuidRepresentation="standard")


@contextmanager
def patience() -> Iterator[None]:
    """A context in which the process's client waits as long as a command takes, on a database that answers.

    Raises:
        pymongo.errors.PyMongoError: it does not answer at first, within `TIMEOUT`, or later, within `FAILOVER`.
    """
    ping()
    token = is_patient.set(True)
    try:
        with pymongo.timeout(PATIENCE):
            yield
    finally:
        is_patient.reset(token)


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
        pymongo.errors.PyMongoError: the database does not answer.
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
    except (InvalidURI, InvalidName, MongoConfigurationError, ValueError, OSError):
        raise ConfigurationError(["the URL of the database is not a valid MongoDB URL"]) from None
    with patient:
        with pymongo.timeout(None):  # a server that is not there is waited for as the URL says
            patient.admin.command("ping")
        yield patient[database_name(url)]
