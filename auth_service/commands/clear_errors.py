"""Reports expected failures of a command in one sentence, with exit code 1 and without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pymongo.errors import PyMongoError

from auth_service.database import connection
from auth_service.database.faults import explain
from auth_service.errors import ServiceError


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn a refusal of the service, or a failure of the database, into an error message of click.

    Meanwhile no command to the database is cut short, as one in a request is.
    """
    try:
        with connection.patience():
            yield
    except ServiceError as error:
        raise click.ClickException(str(error)) from None
    except PyMongoError as error:
        raise click.ClickException(f"The database cannot be used: {explain(error)}") from None
