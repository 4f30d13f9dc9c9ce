"""Runs idempotent commands without pymongo's retryable writes and cursors, and retries them itself.

A retryable write makes the server keep a record of it, and a cursor costs this process time; a read of one document, or
the touch of a session, needs neither.
"""

import time
from typing import Any

import pymongo
from mongoengine.connection import get_db
from pymongo.errors import AutoReconnect

from auth_service.database.connection import TIMEOUT

Record = dict[str, Any]


def run(command: Record) -> Record:
    """Run `command`, which must be idempotent, on the primary and return the answer.

    It is retried once after a broken connection or the step-down of the primary, within `TIMEOUT` altogether.

    Raises:
        pymongo.errors.PyMongoError: the database refused it, or did not answer in time.
    """
    began = time.monotonic()
    try:
        return _run_once(command)
    except AutoReconnect as error:
        left = TIMEOUT - (time.monotonic() - began)
        if error.timeout or left <= 0:
            raise
        with pymongo.timeout(left):
            return _run_once(command)


def find_one(collection: str, condition: Record) -> Record | None:
    """A record in `collection` that meets `condition`, or `None`.

    Raises:
        pymongo.errors.PyMongoError: as `run`.
    """
    found = run({"find": collection, "filter": condition, "limit": 1, "singleBatch": True})["cursor"]["firstBatch"]
    return found[0] if found else None


def _run_once(command: Record) -> Record:
    database = get_db()
    answer: Record = database.command(command, codec_options=database.codec_options)
    return answer
