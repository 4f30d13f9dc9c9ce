"""Reads the arguments of a view: strict about what comes in, with the errors of the catalogue."""

import re
from typing import Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from auth_service.errors import InvalidJSON, InvalidRequest, UnsupportedMediaType
from auth_service.web.edge import json_body

FIELD_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$.]{0,31}")


class StrictParser(FlaskParser):
    """Parses JSON by `json_body`, refuses what the schema does not know, and raises errors of the catalogue."""

    DEFAULT_VALIDATION_STATUS = 400
    DEFAULT_UNKNOWN_BY_LOCATION = {"json": RAISE, "query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as one JSON object.

        Raises:
            UnsupportedMediaType: it is not sent as JSON.
            InvalidJSON: it is something else.
        """
        if req.mimetype != "application/json":
            raise UnsupportedMediaType
        value = json_body.load(req.get_data())
        if not isinstance(value, dict):
            raise InvalidJSON("The body must be a JSON object")
        return value

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise what marshmallow found as an error of the catalogue."""
        messages: dict[str, list[str]] = next(iter(error.messages_dict.values()), {})
        raise InvalidRequest(errors={_speakable(name): texts for name, texts in messages.items()})


def _speakable(name: str) -> str:
    """The name of a field as an answer may repeat it: one that looks like none could be anything, even a secret."""
    return name if FIELD_NAME.fullmatch(name) else "unknown"
