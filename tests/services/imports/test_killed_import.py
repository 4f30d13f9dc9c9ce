"""An import that is killed, again and again, and then let to its end: nobody lost, nothing twice, no raw token left."""

import random
import subprocess

import pytest

from auth_service.development.mongod import die_with_parent
from tests.support import shell

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

USERS, KILLS = 200, 6
TAKEN_OVER = {"importedHash": {"$exists": True}}


def test_the_last_run_completes_what_the_killed_ones_began(express, source_url, browser, database, db_url, tmp_path):
    tokens = [express.login(express.user(f"User{number}@example.com")) for number in range(USERS)]
    dice = random.Random(6)
    for _ in range(KILLS):
        database.locks.delete_many({})  # else each would wait for the lock of the one before
        kill_one(source_url, db_url, tmp_path, taken=database, at_least=dice.randint(1, USERS // KILLS))
    database.locks.delete_many({})
    finished = shell.run("import-node", "--from", source_url, folder=tmp_path, DB_URL=db_url)
    assert finished.returncode == 0, finished.stderr
    assert database.users.count_documents({"authVersion": 0}) == USERS
    assert database.sessions.count_documents({}) == database.sessions.count_documents(TAKEN_OVER) == USERS
    assert "refreshtokens" not in database.list_collection_names()
    assert {browser(token).refresh().status_code for token in tokens} == {200}


def kill_one(source_url, db_url, folder, *, taken, at_least):
    """Start an import, and kill it once it has taken over so many more."""
    before = taken.sessions.count_documents(TAKEN_OVER)
    surroundings = shell.surroundings(folder, DB_URL=db_url)
    command = [*shell.PROGRAM, "import-node", "--from", source_url]
    process = subprocess.Popen(command, **surroundings, preexec_fn=die_with_parent)
    while process.poll() is None and taken.sessions.count_documents(TAKEN_OVER) < before + at_least:
        pass
    process.kill()
    process.wait()
