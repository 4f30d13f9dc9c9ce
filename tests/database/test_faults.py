"""No value that is stored or configured reaches a text about a failed command."""

import json
import logging
import socket
import ssl
import subprocess
from pathlib import Path

import jwt
import pytest
import requests
from bson.errors import InvalidDocument
from mongoengine.errors import NotUniqueError
from pymongo import InsertOne, MongoClient
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from auth_service.database.faults import explain
from auth_service.database.migrations import MigrationFailed
from auth_service.documents.user import User
from auth_service.web.log import tracebacks
from auth_service.web.log.lines import JSONLines

ADDRESS = "ada@example.com"


def failure(command):
    with pytest.raises(PyMongoError) as caught:
        command()
    return caught.value


@pytest.fixture
def people(database):
    """A collection with a unique index and one person."""
    database.people.drop()
    database.people.create_index("email", unique=True)
    database.people.insert_one({"email": ADDRESS})
    yield database.people
    database.people.drop()


def bulk(people):
    people.bulk_write([InsertOne({"email": ADDRESS})])


def index_on_duplicates(people):
    people.drop_indexes()
    people.insert_one({"email": ADDRESS})
    people.create_index("email", unique=True)


@pytest.mark.parametrize(
    "command",
    [lambda people: people.insert_one({"email": ADDRESS}), bulk, index_on_duplicates],
    ids=["insert", "bulk", "index"],
)
def test_a_duplicate_is_named_by_collection_and_index_without_the_value(people, command):
    said = explain(failure(lambda: command(people)))
    assert ADDRESS not in said
    assert "code 11000" in said
    assert f"collection {people.full_name}, index email_1" in said


def test_an_index_with_other_options_is_named(people):
    said = explain(failure(lambda: people.create_index("email", name="email_1", expireAfterSeconds=1)))
    assert "code 8" in said
    assert "index email_1" in said


@pytest.mark.parametrize(
    "command",
    [
        lambda people: people.update_one({}, {"$inc": {"email": ADDRESS}}),
        lambda people: people.find_one({"email": {"$regex": f"({ADDRESS}"}}),
        lambda people: people.update_one({}, {"$set": {f"email.{ADDRESS}": 1}}),
        lambda people: people.find_one({ADDRESS: {f"${ADDRESS}": 1}}),
    ],
    ids=["inc", "regex", "path", "operator"],
)
def test_a_refused_command_is_named_by_its_code_without_the_value(people, command):
    error = failure(lambda: command(people))
    assert ADDRESS not in explain(error)
    assert f"code {error.code}" in explain(error)


@pytest.mark.parametrize(
    "error",
    [
        NotUniqueError(f"Tried to save duplicate unique keys ({ADDRESS})"),
        InvalidDocument(f"cannot encode object: {ADDRESS}"),
        OperationFailure(f"Collection x :: caused by :: {ADDRESS}", 9, {"errmsg": f'name: "{ADDRESS}"', "code": 9}),
        AutoReconnect(f"something about {ADDRESS}"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_texts_of_the_libraries_are_dropped(error):
    assert ADDRESS not in explain(error)


def test_a_traceback_in_the_log_holds_no_text_of_the_driver(people):
    try:
        try:
            people.insert_one({"email": ADDRESS})
        except PyMongoError as error:
            raise RuntimeError("it broke") from error
    except RuntimeError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "unexpected", None, (type(error), error, None))
    line = JSONLines().format(record)
    assert ADDRESS not in line
    assert "DuplicateKey" in line
    assert "RuntimeError" in line
    assert "RuntimeError: it broke" not in line


def raised(command):
    """What it raises."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - any
        command()
    return caught.value


def wrong_host():
    """A TLS error, whose text names the host."""
    error = ssl.SSLCertVerificationError(1, f"certificate is not valid for '{ADDRESS}'")
    error.reason = "CERTIFICATE_VERIFY_FAILED"
    raise error


VALUED = {
    "KeyError": lambda: {}[ADDRESS],
    "ValueError": lambda: int(ADDRESS),
    "UnicodeDecodeError": lambda: f"{ADDRESS}\xff".encode("latin-1").decode(),
    "UnicodeEncodeError": lambda: f"{ADDRESS}\u0663".encode("ascii"),
    "TypeError": lambda: dict(**{ADDRESS: 1}) + 1,
    "AttributeError": lambda: getattr(object, ADDRESS),
    "JSONDecodeError": lambda: json.loads(f"[{ADDRESS}]"),
    "gaierror": lambda: socket.getaddrinfo(f"{ADDRESS}.invalid", 1),
    "UnicodeError": lambda: socket.getaddrinfo(f"{ADDRESS}{'a' * 64}.invalid", 1),
    "FileNotFoundError": lambda: Path(f"/nowhere/{ADDRESS}").read_text(),
    "SSLCertVerificationError": wrong_host,
    "ConnectionError": lambda: requests.get(f"http://127.0.0.1:1/?license_key={ADDRESS}", timeout=1),
    "InvalidURL": lambda: requests.get(f"http://{ADDRESS}:x/", timeout=1),
    "ValidationError": lambda: User(email=ADDRESS).validate(),
    "InvalidTokenError": lambda: jwt.decode(ADDRESS, "x" * 32, ["HS256"]),
    "CalledProcessError": lambda: subprocess.run(["false", ADDRESS], check=True),
}


@pytest.mark.parametrize("name", VALUED)
def test_no_text_of_any_exception_is_repeated_but_its_class_is(name):
    error = raised(VALUED[name])
    said = explain(error)
    assert ADDRESS not in said
    assert type(error).__name__ in said
    assert ADDRESS not in tracebacks.text(error)


def test_another_exception_is_named_with_the_line_that_raised_it():
    assert explain(raised(VALUED["KeyError"])).startswith("KeyError in test_faults.py, line ")
    assert explain(KeyError(ADDRESS)) == "KeyError"


def test_the_operating_system_names_its_errors_itself():
    assert explain(raised(VALUED["FileNotFoundError"])) == "FileNotFoundError: No such file or directory"
    assert explain(OSError(28, ADDRESS)) == "OSError: No space left on device"


def test_the_services_own_exceptions_keep_their_text():
    assert explain(MigrationFailed("0001_x failed\nhere")) == "MigrationFailed: 0001_x failed here"


def test_the_silent_servers_are_named():
    with MongoClient("mongodb://127.0.0.1:1,[::1]:1/?replicaSet=rs0", serverSelectionTimeoutMS=300) as nowhere:
        said = explain(failure(lambda: nowhere.admin.command("ping")))
    assert "127.0.0.1:1" in said
    assert "::1" in said
    assert "connection refused" in said


def test_a_command_names_a_duplicate_without_its_value(app, database):
    def flask(*arguments):
        return app.test_cli_runner().invoke(args=arguments)

    database.users.drop_indexes()
    database.users.insert_many([{"email": ADDRESS}, {"email": ADDRESS}])
    refused = flask("ensure-indexes")
    database.users.delete_many({})
    assert flask("ensure-indexes").exit_code == 0
    assert refused.exit_code == 1
    assert ADDRESS not in refused.output
    assert "index email_1" in refused.output
