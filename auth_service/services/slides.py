"""The one command behind every protected request: finds a living session and slides it in the same breath.

pymongo's `find_one_and_update` is a retryable write, for which the server keeps a record and an image of the document
besides the change itself. A slide comes to the same however often it is made, so it does without, and is repeated here.
"""

import time
from typing import Any

import pymongo
from pymongo.errors import AutoReconnect

from auth_service.database import TIMEOUT
from auth_service.documents.session import Session

Record = dict[str, Any]


def slide(condition: Record, change: Record) -> Record | None:
    """Slide the session that meets `condition` by setting `change`; its record, or `None` when there is none.

    Losing a slide in a failover costs nothing, so only the primary acknowledges it. A connection that broke, or a
    primary that stepped down, is asked for once more.

    Raises:
        pymongo.errors.PyMongoError: the database did not answer in time.
    """
    command = {
        "findAndModify": Session._get_collection_name(),
        "query": condition,
        "update": {"$set": change},
        "new": True,
        "writeConcern": {"w": 1},
    }
    began = time.monotonic()
    try:
        return _sent(command)
    except AutoReconnect as error:
        left = TIMEOUT - (time.monotonic() - began)
        if error.timeout or left <= 0:
            raise
        with pymongo.timeout(left):
            return _sent(command)


def _sent(command: Record) -> Record | None:
    database = Session._get_db()
    record: Record | None = database.command(command, codec_options=database.codec_options)["value"]
    return record
