"""What all schemas derive from."""

from typing import Any

from marshmallow import RAISE, Schema


class InputSchema(Schema):
    """The input of a request: unknown fields are rejected."""

    class Meta:
        """Options of marshmallow."""

        unknown = RAISE


class OutputSchema(Schema):
    """An answer, or a record in it: the fields have the names of the keys, in JSON as in the database."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The value of a field in the dictionary that is dumped."""
        return obj.get(attr, default)
