"""`make flask ARGS="users list"`: a command of the operator on the database of `make run`, whether that runs or not."""

import os
import subprocess
import sys
from contextlib import ExitStack

from auth_service.development.embedded_database import embedded_database, running_url
from auth_service.settings.settings import merge_dotenv


def main(arguments: list[str]) -> int:
    """Run `python -m auth_service ARGUMENTS` and return its exit code; a `DB_URL` that is set is used as it is."""
    environ = merge_dotenv(os.environ, ".env")
    with ExitStack() as stack:
        development = environ.get("APP_ENV", "").strip().lower() == "development"
        if development and not environ.get("DB_URL", "").strip():
            environ = {**environ, "DB_URL": running_url() or stack.enter_context(embedded_database())}
        return subprocess.run([sys.executable, "-m", "auth_service", *arguments], env=environ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
