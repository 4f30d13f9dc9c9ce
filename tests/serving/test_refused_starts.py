"""A setting that cannot work ends the start, once and in the master, whichever server it is."""

import os
import subprocess
import sys

import pytest

from auth_service.development.mongod import free_port
from tests.support.server import PROGRAMS, ROOT
from tests.support.settings import environment

pytestmark = pytest.mark.edge

SEED = {"SEED_ADMIN_ON_START": "true", "ADMIN_EMAIL": "admin@example.com", "ADMIN_PASSWORD": "correct horse battery"}


def start(program, **variables):
    """The ended process of a start."""
    return subprocess.run(
        [sys.executable, "-m", *PROGRAMS[program]],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment(PORT=free_port(), WEB_CONCURRENCY=2, **variables)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({**SEED, "ADMIN_PASSWORD": "password1"}, "ADMIN_PASSWORD is refused: Is one of the most common passwords."),
        ({**SEED, "ADMIN_EMAIL": "admin@corp.local"}, "ADMIN_EMAIL is not an address that can register"),
        ({"JWT_KEYS_FILE": "/secret-path", "PUBLIC_URL": "https://a.example"}, "JWT_KEYS_FILE cannot be read: No such"),
        ({"JWT_KEYS_FILE": "/secret-path"}, "JWT_KEYS_FILE needs PUBLIC_URL"),
        ({"DB_URL": "http://localhost/secret-path"}, "DB_URL must begin with mongodb:// or mongodb+srv://"),
        ({"DB_URL": "mongodb://localhost/?secret-path=1"}, "DB_URL has an unknown option"),
        ({"DB_URL": "mongodb://localhost/?w=0"}, "DB_URL must not set w: "),
        ({"DB_URL": "mongodb+srv://secret-path.example.com:27017/"}, "DB_URL must have one name and no port"),
    ],
)
def test_a_setting_that_cannot_work_ends_the_start_with_one_sentence(program, variables, sentence):
    ended = start(program, **variables)
    assert ended.returncode == 1
    assert (ended.stdout + ended.stderr).count(sentence) == 1
    assert "Traceback" not in ended.stderr
    assert not [value for value in ("password1", "corp.local", "secret-path") if value in ended.stderr + ended.stdout]
