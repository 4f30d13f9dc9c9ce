"""Parses the body and the query of a request strictly, with the errors of the catalogue."""

import re
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from auth_service.errors import InvalidJSON, InvalidRequest, UnsupportedMediaType
from auth_service.web.edge import json_body

FIELD_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.]{0,31}")


class StrictParser(FlaskParser):
    """Parses JSON by `json_body`, and rejects fields that the schema does not have."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as one JSON object; no body is an empty one where no field is required.

        Raises:
            UnsupportedMediaType: its content type is not `application/json`.
            InvalidJSON: it is not a JSON object.
        """
        if not req.get_data() and not any(field.required for field in schema.fields.values()):
            return {}
        if req.mimetype != "application/json":
            raise UnsupportedMediaType
        value = json_body.load(req.get_data())
        if not isinstance(value, dict):
            raise InvalidJSON("The body must be a JSON object")
        return value

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise the messages of marshmallow as an error of the catalogue."""
        messages: dict[str, list[str]] = next(iter(error.messages_dict.values()), {})
        raise InvalidRequest(errors={_repeatable(name): texts for name, texts in messages.items()})


def _repeatable(name: str) -> str:
    """A field's name as an answer may repeat it; a text that is no plausible name could be a misplaced secret."""
    return name if FIELD_NAME.fullmatch(name) else "unknown"
