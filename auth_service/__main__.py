"""`python -m auth_service …`: the commands of the operator, with the variables and the `.env` of the server."""

from contextlib import ExitStack
from importlib.util import find_spec

from flask import Flask
from flask.cli import ScriptInfo

from auth_service.app import create_app
from auth_service.bootstrap.configuration import read_settings
from auth_service.commands.cli import LazyCommands
from auth_service.settings.service import in_development
from auth_service.settings.settings import merge_dotenv

PROGRAM = "python -m auth_service"


def main() -> None:
    """Run the command of the command line; the application is built only for a command that needs one."""
    with ExitStack() as stack:
        commands = LazyCommands(help="The operator's commands. They read the same environment and .env as the server.")
        commands.main(prog_name=PROGRAM, obj=ScriptInfo(create_app=lambda: _application(stack), set_debug_flag=False))


def _application(stack: ExitStack) -> Flask:
    """The application on the database of `DB_URL`; in development without one, on that of `make run`.

    If that does not run, it does until `stack` is closed. An image of the service has none.
    """
    environ = merge_dotenv(None, ".env")
    if in_development(environ) and not environ.get("DB_URL") and find_spec("auth_service.development"):
        from auth_service.development.embedded_database import embedded_database, running_url  # noqa: PLC0415

        environ["DB_URL"] = running_url() or stack.enter_context(embedded_database())
    return create_app(read_settings(environ, dotenv=None))


if __name__ == "__main__":
    main()
