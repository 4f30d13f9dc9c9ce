"""The parameters of a request for a page of a list."""

from typing import Any

from marshmallow import fields, validate

CURSOR = "The `cursor` of the previous answer. Without it, the first page."


class PageLimit(fields.Integer):
    """The largest number of records on a page: 1 to 100, by default 50."""

    def __init__(self) -> None:
        super().__init__(
            load_default=50,
            validate=validate.Range(1, 100),
            metadata={"description": "The largest number of records on the page."},
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not (value.isascii() and value.isdigit()):  # Python's int() reads more than digits
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class Cursor(fields.String):
    """Where a page begins: the `cursor` of the previous answer."""

    def __init__(self) -> None:
        super().__init__(load_default=None, metadata={"format": "cursor", "description": CURSOR})
