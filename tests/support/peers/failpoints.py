"""Makes a mongod fail or delay chosen commands, by the fail point `failCommand`."""

from contextlib import contextmanager

from pymongo import MongoClient

WITH_FAILPOINTS = ("--setParameter", "enableTestCommands=1")  # the options of a mongod that has fail points


@contextmanager
def failing(mongod, **how):
    """mongod fails or delays commands by the fail point `failCommand`, with the options `how`; yields their count."""
    mode, point = how.pop("mode", "alwaysOn"), "failpoint.failCommand"
    with MongoClient(mongod.url) as client:
        client.admin.command("configureFailPoint", "failCommand", mode=mode, data=how)
        try:
            yield lambda: client.admin.command({"getParameter": 1, point: 1})[point]["timesEntered"]
        finally:
            client.admin.command("configureFailPoint", "failCommand", mode="off")
