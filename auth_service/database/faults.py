"""Words an exception for a log or a terminal, which get no other text of it.

Libraries, the driver and the server put values into their texts: e-mail addresses, tokens, documents, parts of URLs. Of
the driver's texts `explain` keeps the code, the collection, the index and the servers' addresses, which it looks for.
Of any other exception it keeps the text only if the class is the service's own; else it names the class and the line.
"""

import errno
import os
import re
import traceback
from collections.abc import Mapping
from ssl import SSLError
from typing import Any

from bson.errors import BSONError
from mongoengine.errors import MongoEngineException
from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure, PyMongoError
from pymongo.errors import ConfigurationError as MongoConfigurationError

from auth_service.errors import ServiceError

AUTHENTICATION_FAILED, UNAUTHORIZED, AUTHENTICATION_UNKNOWN = 18, 13, 8000  # MongoDB's error codes; 8000 is Atlas's
DUPLICATE_KEY = 11000
OWN_PACKAGE = __name__.partition(".")[0]

WRONG_CREDENTIALS = (
    "DB_URL: MongoDB refused its user name or password. Check both, percent-encoded, and authSource, the database that"
    " the user was made in"
)
NO_CREDENTIALS = "DB_URL: MongoDB asks for a user name and a password, and there are none in it"
NO_PERMISSION = "DB_URL: its user may not do what the service needs. Give it the role readWrite on the database"
NO_NAME = "DB_URL: the name of its host could not be looked up in DNS"
NO_ANSWER = "no answer from {servers}{reason}"
IN_TIME = "MongoDB did not finish a command in time"

SERVER = re.compile(r"(?:^|[\s,])((?:[\w.-]+|\[?[\da-fA-F]*:[\da-fA-F:.]*\]?):\d+)")  # as the driver writes it
REASONS = (  # parts of the driver's and the operating system's texts, and what they are called here
    ("Connection refused", "connection refused"),
    ("Name or service not known", "no such host"),
    ("No address associated", "no such host"),
    ("name resolution", "its name could not be looked up"),
    ("certificate", "its TLS certificate was not accepted"),
    ("SSL", "the TLS handshake failed"),
    ("timed out", "timed out"),
    ("reset by peer", "connection closed"),
    ("connection closed", "connection closed"),
    ("unreachable", "unreachable"),
    ("No route to host", "unreachable"),
    ("No replica set members", "none of its members can be used"),
    ("No primary available", "no primary"),
)


class OwnFault(PyMongoError):
    """A failure of the database that is found, and worded, here: its text holds no value and is shown as it is."""


def explain(error: BaseException) -> str:
    """What `error` means to the operator: one line without values, the same for the same cause."""
    if isinstance(error, OwnFault):
        return str(error)
    if isinstance(error, OperationFailure):
        return _refusal(error)
    if isinstance(error, ConnectionFailure):
        return _silence(str(error))
    if isinstance(error, MongoConfigurationError):
        return NO_NAME if _is_of_dns(error) else "DB_URL: the driver refuses an option"
    if isinstance(error, PyMongoError | MongoEngineException | BSONError):
        return type(error).__name__
    if isinstance(error, ServiceError):
        return _one_line(str(error))
    name = type(error).__name__
    if type(error).__module__.partition(".")[0] == OWN_PACKAGE:
        return _one_line(f"{name}: {error}")
    if isinstance(error, OSError) and (error.errno or 0) in errno.errorcode and not isinstance(error, SSLError):
        return f"{name}: {os.strerror(error.errno or 0)}"
    return name + _line_of(error)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _line_of(error: BaseException) -> str:
    """Where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f" in {os.path.basename(frames[-1].filename)}, line {frames[-1].lineno}" if frames else ""


def _is_of_dns(error: BaseException) -> bool:
    return type(error.__cause__ or error.__context__).__module__.startswith("dns.") or "DNS" in str(error)


def _refusal(error: OperationFailure) -> str:
    details = _first_of_many(error)
    code, message = details.get("code", error.code), str(details.get("errmsg", error))
    if code in (AUTHENTICATION_FAILED, AUTHENTICATION_UNKNOWN):
        return WRONG_CREDENTIALS
    if code == UNAUTHORIZED:
        return NO_CREDENTIALS if "requires authentication" in message else NO_PERMISSION
    if error.timeout:
        return IN_TIME
    name = details.get("codeName") or ("DuplicateKey" if code == DUPLICATE_KEY else type(error).__name__)
    return f"MongoDB refused a command: {name} (code {code}){_place(message)}"


def _first_of_many(error: OperationFailure) -> Mapping[str, Any]:
    details: Mapping[str, Any] = error.details or {}
    many = details.get("writeErrors") if isinstance(error, BulkWriteError) else None
    return many[0] if many else details


def _place(message: str) -> str:
    """The collection and the index that the server names ahead of any value."""
    named = message.partition("dup key")[0]
    collection = re.search(r"\bcollection:? ([\w.-]+)", named, re.IGNORECASE)
    index = re.search(r"\bindex: ([\w.-]+)|\bname: \"([\w.-]+)\"", named)
    parts = [f"collection {collection[1]}"] if collection else []
    parts += [f"index {index[1] or index[2]}"] if index else []
    return f", {', '.join(parts)}" if parts else ""


def _silence(text: str) -> str:
    """The servers' addresses and a known reason; not the topology, whose description changes from one to the next."""
    if "'codeName': 'AuthenticationFailed'" in text:  # pymongo repeats what made it give the server up
        return WRONG_CREDENTIALS
    said = text.partition(", Timeout:")[0].partition(", Topology")[0]
    servers = dict.fromkeys(SERVER.findall(said))
    reason = next((ours for theirs, ours in REASONS if theirs in said), None)
    return NO_ANSWER.format(servers=", ".join(servers) or "its servers", reason=f" ({reason})" if reason else "")
