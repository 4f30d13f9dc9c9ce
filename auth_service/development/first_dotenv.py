"""Writes the `.env` of a first run with fresh secrets; an existing file is never changed."""

import os
import secrets
from pathlib import Path

TEMPLATE = """\
# Written by the first `make run`; yours to change, never overwritten. All variables: .env.example
APP_ENV=development
JWT_ACCESS_SECRET={access}
JWT_REFRESH_SECRET={refresh}
ADMIN_EMAIL=admin@example.com
"""


def write_dotenv(path: Path) -> bool:
    """Create the file `path` with fresh secrets, readable by its owner alone; false if it exists already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w") as file:
        file.write(TEMPLATE.format(access=secrets.token_urlsafe(48), refresh=secrets.token_urlsafe(48)))
    return True
