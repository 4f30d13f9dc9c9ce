"""What a command says when it cannot: one sentence, no traceback, exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from pymongo.errors import PyMongoError

from auth_service.errors import ServiceError


@contextmanager
def clear_errors() -> Iterator[None]:
    """Say what is wrong in one sentence and exit with 1."""
    try:
        yield
    except ServiceError as error:
        raise click.ClickException(str(error)) from None
    except PyMongoError as error:
        raise click.ClickException(f"The database does not answer: {error}") from None
