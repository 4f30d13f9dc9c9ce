"""What every refusal is."""

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """A refusal. `code` is stable and machine-readable, `message` is for people, `errors` has messages by field."""

    status = 500
    code = "internal_error"
    message = "Something went wrong"
    members: Mapping[str, Any] = {}  # of the answer, beside those that every error has

    def __init__(
        self, message: str | None = None, *, errors: dict[str, list[str]] | None = None, retry_after: int | None = None
    ) -> None:
        self.message = message or self.message
        self.errors = errors
        self.retry_after = retry_after
        super().__init__(self.message)

    def __str__(self) -> str:
        details = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in (self.errors or {}).items())
        return f"{self.message}{': ' if details else ''}{details}"
