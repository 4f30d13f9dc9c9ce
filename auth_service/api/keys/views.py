"""The keys with which others verify access tokens; only where `JWT_KEYS_FILE` says so."""

import json

from flask import Response

from auth_service.api.keys.schemas import JWKSetSchema
from auth_service.web.blueprint import Blueprint
from auth_service.web.context import services, this_request
from auth_service.web.endpoint_policy import Access, Feature

MAX_AGE = 600  # seconds that a verifier may go without a key that was added
CONTENT_TYPE = "application/jwk-set+json"  # RFC 7517 section 8.5.2

blueprint = Blueprint("keys", __name__, description="The keys of access tokens")


@blueprint.get(
    "/.well-known/jwks.json",
    access=Access.PUBLIC,
    needs_database=False,
    cacheable=True,
    feature=Feature.PUBLIC_KEYS,
)
@blueprint.response(200, JWKSetSchema, content_type=CONTENT_TYPE)
@blueprint.fails(404)
def key_set() -> Response:
    """The public keys that verify access tokens; 404 unless `JWT_KEYS_FILE` is set."""
    keys = services().signing_keys
    assert keys  # or the feature is not set up
    response = Response(json.dumps(keys.published()), content_type=CONTENT_TYPE)
    response.cache_control.public, response.cache_control.max_age = True, MAX_AGE
    response.add_etag()
    response.make_conditional(this_request())
    return response


@blueprint.after_request
def open_to_all_origins(response: Response) -> Response:
    """Let the pages of every origin read the keys, without its cookies."""
    if services().signing_keys:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response
