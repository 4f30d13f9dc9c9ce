"""Writes the `.env` of a first run, with fresh secrets for all that can be tried; an existing file is never changed."""

import os
import secrets
from pathlib import Path

TEMPLATE = """\
# Written by the first `make run`; yours to change, never overwritten. All variables: .env.example
APP_ENV=development
JWT_SECRET={secret}
DATA_KEY={data_key}
# The origin that passkeys are made for: with another PORT, change it here too.
PUBLIC_URL=http://localhost:3020
ADMIN_EMAIL=admin@example.com
WEB_CONCURRENCY=1
"""


def write_dotenv(path: Path) -> bool:
    """Create the file `path` with fresh secrets, readable by its owner alone; false if it exists already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(TEMPLATE.format(secret=secrets.token_urlsafe(48), data_key=secrets.token_urlsafe(32)))
    return True
