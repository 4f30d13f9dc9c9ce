"""The files of the pages, read once: their contents, their version, which is in the path of each, and the texts."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Response, abort, request

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}


@cache
def contents() -> dict[str, bytes]:
    """The files that a browser gets, by their paths below the folder."""
    files = sorted(each for each in STATIC.rglob("*") if each.suffix in TYPES)
    return {each.relative_to(STATIC).as_posix(): each.read_bytes() for each in files}


@cache
def version() -> str:
    """A hash of all files: another one after each change, the same in all workers."""
    digest = sha256()
    for name, content in contents().items():
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()[:16]


@cache
def texts(language: str) -> dict[str, Any]:
    """The texts of the pages in one of `LANGUAGES`."""
    loaded: dict[str, Any] = json.loads(contents()[f"{language}.json"])
    return loaded


def respond(name: str, *, cache_control: str) -> Response:
    """The file as a response: 404 if there is none, 304 if the client has it."""
    if name not in contents():
        abort(404)
    response = Response(contents()[name], mimetype=TYPES[Path(name).suffix])
    response.headers["Cache-Control"] = cache_control
    response.set_etag(version())
    response.make_conditional(request)
    return response
