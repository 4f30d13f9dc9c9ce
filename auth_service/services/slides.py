"""The one command behind every protected request: finds a living session and slides it in the same breath.

pymongo's `find_one_and_update` is a retryable write, for which the server keeps a record and an image of the document
besides the change itself. A slide comes to the same however often it is made, so it does without.
"""

from auth_service.documents.session import Session
from auth_service.services import repeatable
from auth_service.services.repeatable import Record


def slide(condition: Record, change: Record) -> Record | None:
    """Slide the session that meets `condition` by setting `change`; its record, or `None` when there is none.

    Losing a slide in a failover costs nothing, so only the primary acknowledges it.

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
    record: Record | None = repeatable.sent(command)["value"]
    return record
