"""Commands that come to the same however often they are sent, a slide or a question: sent plainly, and repeated here.

pymongo's own ways repeat them as well, at a price: a retryable write costs the server, and a cursor costs this process.
"""

import time
from typing import Any

import pymongo
from mongoengine.connection import get_db
from pymongo.errors import AutoReconnect

from auth_service.database.connection import TIMEOUT

Record = dict[str, Any]


def sent(command: Record) -> Record:
    """What the primary answers to `command`; a connection that broke, or a primary that stepped down, is asked twice.

    Raises:
        pymongo.errors.PyMongoError: the database did not answer in time.
    """
    began = time.monotonic()
    try:
        return _sent(command)
    except AutoReconnect as error:
        left = TIMEOUT - (time.monotonic() - began)
        if error.timeout or left <= 0:
            raise
        with pymongo.timeout(left):
            return _sent(command)


def one(collection: str, condition: Record) -> Record | None:
    """The record in `collection` that meets `condition`, or `None`: `find_one` without a cursor around it.

    Raises:
        pymongo.errors.PyMongoError: as `sent`.
    """
    found = sent({"find": collection, "filter": condition, "limit": 1, "singleBatch": True})["cursor"]["firstBatch"]
    return found[0] if found else None


def _sent(command: Record) -> Record:
    database = get_db()
    answer: Record = database.command(command, codec_options=database.codec_options)
    return answer
