"""Makes the replica set of compose.yaml and the service's account in it; run again, it changes nothing but a password.

    python replica_set.py mongo1 mongo2 mongo3

The first member knows `root` already. The service's account may read and write its own database and nothing else.
"""

import os
import sys
import time
from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

SECRETS = Path(os.environ.get("SECRETS", "/run/secrets"))
NAME, DATABASE, ACCOUNT = "rs0", "auth_service", "auth_service"
PATIENCE = 120  # seconds
NOT_YET_INITIALIZED, USER_EXISTS = 94, 51003  # MongoDB's error codes


def main(members):
    """Make the set of `members`, of which the first begins it, and the account."""
    members = [member if ":" in member else f"{member}:27017" for member in members]
    root = {"username": "root", "password": secret("mongo_root_password"), "serverSelectionTimeoutMS": 2000}
    with MongoClient(members[0], directConnection=True, **root) as first:
        until_done(lambda: make_set(first, members))
    with MongoClient(members, replicaSet=NAME, **root) as replica_set:
        until_done(lambda: make_account(replica_set[DATABASE], secret("mongo_app_password")))
        print("members:", {m["name"]: m["stateStr"] for m in replica_set.admin.command("replSetGetStatus")["members"]})


def secret(name):
    """The content of the secret's file."""
    return (SECRETS / name).read_text().strip()


def until_done(action):
    """Repeat what fails because the members are still on their way."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return action()
        except PyMongoError as error:
            if time.monotonic() > deadline:
                raise
            print("not yet:", type(error).__name__)
            time.sleep(1)


def make_set(first, members):
    """Make the set of `members`, where there is none."""
    try:
        first.admin.command("replSetGetStatus")
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        listed = [{"_id": number, "host": member} for number, member in enumerate(members)]
        first.admin.command("replSetInitiate", {"_id": NAME, "members": listed})


def make_account(database, password):
    """Make the service's account, or give it `password`."""
    roles = [{"role": "readWrite", "db": DATABASE}]
    try:
        database.command("createUser", ACCOUNT, pwd=password, roles=roles, writeConcern={"w": "majority"})
    except OperationFailure as error:
        if error.code != USER_EXISTS:
            raise
        database.command("updateUser", ACCOUNT, pwd=password, roles=roles, writeConcern={"w": "majority"})


if __name__ == "__main__":
    main(sys.argv[1:])
