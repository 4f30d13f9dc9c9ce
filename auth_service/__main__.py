"""`python -m auth_service …`: the commands of the operator, with the variables and the `.env` of the server."""

from flask.cli import ScriptInfo

from auth_service.app import create_app
from auth_service.commands.cli import LazyCommands

PROGRAM = "python -m auth_service"


def main() -> None:
    """Run the command of the command line; the application is built only for a command that needs one."""
    commands = LazyCommands(help="The operator's commands. They read the same environment and .env as the server.")
    commands.main(prog_name=PROGRAM, obj=ScriptInfo(create_app=create_app, set_debug_flag=False))


if __name__ == "__main__":
    main()
