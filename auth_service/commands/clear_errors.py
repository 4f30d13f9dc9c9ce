"""Reports expected failures of a command in one sentence, with exit code 1 and without a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pymongo.errors import PyMongoError

from auth_service.errors import ServiceError


@contextmanager
def clear_errors() -> Iterator[None]:
    """Turn a refusal of the service, or a database that does not answer, into an error message of click."""
    try:
        yield
    except ServiceError as error:
        raise click.ClickException(str(error)) from None
    except PyMongoError as error:
        raise click.ClickException(f"The database does not answer: {error}") from None
