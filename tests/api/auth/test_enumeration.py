"""A failed login tells nothing: whoever it is for, whatever is stored, the answer is the same to the letter."""

import pytest

FOREIGN = "$2b$04$abcdefghijklmnopqrstuux68uO98LCGLRhxwJ1ZZXFM2IhsQOCZm"
STORED = {
    "a hash of ours": None,
    "an imported hash": FOREIGN,
    "no hash at all": "plain text",
    "a malformed hash": FOREIGN[:-1],
    "a hash of an impossible cost": FOREIGN.replace("$04$", "$99$"),
    "nothing": "",
}
VARYING = ("X-Request-ID", "Content-Length", "Date")


def told(response):
    """Everything an answer says, without what belongs to the request."""
    body = {name: value for name, value in response.json.items() if name != "requestId"}
    return response.status_code, body, [(name, value) for name, value in response.headers if name not in VARYING]


@pytest.mark.parametrize("password", ["a wrong guess", "x" * 1025, " spaced ", "\u00e4" * 2000, ""])
@pytest.mark.parametrize("stored", STORED)
def test_unknown_and_known_addresses_get_the_same_answer(user, new_api, database, stored, password):
    if STORED[stored] is not None:
        database.users.update_one({}, {"$set": {"password": STORED[stored]}})
    known, unknown = (
        new_api().http.post("/auth/login", json={"email": email, "password": password})
        for email in (user.email, "nobody@example.com")
    )
    assert told(known) == told(unknown)
    assert known.status_code == 401
