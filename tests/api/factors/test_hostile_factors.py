"""Hostile tickets and passkeys: refused, never a 5xx, never a session."""

import copy
import random

import jwt
import pytest
from fido2 import cbor

from tests.support.factors.authenticator import decoded, encoded
from tests.support.settings import SECRET

ROUNDS = 150


def damaged(ticket):
    """The ticket with one character replaced, everywhere."""
    for place in range(0, len(ticket), 7):
        other = "A" if ticket[place] != "A" else "B"
        yield ticket[:place] + other + ticket[place + 1 :]


def test_damaged_and_foreign_texts_are_no_tickets(holder, browser_of):
    browser, code = browser_of(holder), holder.next_code()
    device = browser_of(holder).logged_in_by_code().http.get_cookie("knownDevice", path="/auth").value
    foreign = [
        *damaged(browser.ticket()),
        holder.access_token,
        holder.refresh_token,
        device,
        jwt.encode({"sub": holder.user_id, "type": "ticket"}, SECRET, algorithm="HS256"),
        jwt.encode({"sub": holder.user_id}, None, algorithm="none"),
        "",
        ".",
        "..",
        "x" * 10_000,
        "é",
        "W10.W10",
        browser.ticket() + ".",
        browser.ticket() * 2,
    ]
    for text in foreign:
        response = browser.second_step(text, code=code)
        assert (response.status_code, response.json["code"]) == (401, "invalid_ticket"), text
        assert browser.http.post("/auth/login/options", json={"ticket": text}).status_code == 401, text


def test_a_ticket_opens_nothing_but_the_second_step(holder, browser_of):
    browser = browser_of(holder)
    ticket = browser.ticket()
    headers = {"Authorization": f"Bearer {ticket}"}
    for path in ("/profile", "/auth/verify", "/profile/factors", "/sessions"):
        assert browser.http.get(path, headers=headers).json["code"] == "invalid_token", path
    browser.refresh_token = ticket
    assert browser.refresh().status_code == 401
    browser.http.set_cookie("knownDevice", ticket, path="/auth")
    assert browser.login().json["code"] == "second_factor_required"


@pytest.mark.parametrize("change", ["password", "role", "suspension", "deletion", "factors", "recovery codes"])
def test_a_ticket_does_not_outlive_a_change_of_the_account(holder, browser_of, factor_app, change):
    services = factor_app.extensions["auth_service"].services
    browser, user_id = browser_of(holder), holder.user_id
    ticket = browser.ticket()
    if change == "password":
        body = {"currentPassword": holder.password, "newPassword": "another correct battery"}
        assert holder.post("/profile/password", json=body).status_code == 200
    elif change == "role":
        services.roles.change_role(user_id=user_id, role="admin")
    elif change == "suspension":
        services.suspension.suspend(user_id=user_id)
        services.suspension.restore(user_id=user_id)
    elif change == "deletion":
        services.deletion.delete(user_id=user_id)
    elif change == "factors":
        services.factor_keeping.remove_all(user_id=user_id)
    else:
        assert holder.post("/profile/recovery-codes").status_code == 200
    response = browser.second_step(ticket, code=holder.next_code())
    assert (response.status_code, response.json["code"]) == (401, "invalid_ticket")


def mutated(answer, chance):
    """The answer with something changed: a member dropped or replaced, bytes flipped, cut or added."""
    answer = copy.deepcopy(answer)
    target = chance.choice([answer, answer["response"], answer["response"]])
    name = chance.choice(sorted(target))
    kind = chance.randrange(5)
    if kind == 0:
        del target[name]
    elif kind == 1:
        target[name] = chance.choice([None, 0, 1.5, True, [], {}, "", "=", "é", "AA", {"a": []}, [1, "x"], "A" * 9000])
    elif isinstance(target[name], str):
        try:
            data = bytearray(decoded(target[name]))
        except ValueError:
            return answer
        for _ in range(chance.choice([1, 1, 2, 8])):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        cut = chance.randrange(len(data) + 1) if kind == 2 else len(data)
        target[name] = encoded(bytes(data[:cut]) + (b"\x9f" * 3 if kind == 3 else b""))
    return answer


def difference(before, after):
    pairs = [(before, after), (before["response"], after.get("response") or {})]
    return [(name, old[name], new.get(name)) for old, new in pairs for name in old if old[name] != new.get(name)]


def test_mutated_logins_are_refused_and_break_nothing(passkey_user, authenticator, browser_of, database):
    browser, chance = browser_of(passkey_user), random.Random(1)
    options, sessions = browser.login_options(), database.sessions.count_documents({})
    answer = authenticator.get(options)
    for round_ in range(ROUNDS):
        changed = mutated(answer, chance)
        if all(changed.get(name) == answer[name] for name in ("rawId", "type", "response")):
            continue
        response = browser.passkey_login(changed)
        assert response.status_code in (400, 401), (round_, difference(answer, changed))
    assert database.sessions.count_documents({}) == sessions


def test_mutated_registrations_are_refused_or_hold(member, authenticator):
    chance, answer = random.Random(2), authenticator.create(member.creation_options())
    for round_ in range(ROUNDS):
        response = member.add_passkey(mutated(answer, chance), f"{round_}")
        assert response.status_code in (201, 400, 409), (round_, response.json)
    assert len(member.factors()["factors"]) <= 1  # the challenge is good once


HUGE = 10**17  # bytes, were a number taken for the length of some


def with_numbers(answer):
    """The answer, with a huge number in the place of bytes, each in turn."""
    yield {**answer, "id": HUGE, "rawId": HUGE}
    for name in answer["response"].keys() & {"clientDataJSON", "attestationObject", "authenticatorData", "signature"}:
        yield {**answer, "response": {**answer["response"], name: HUGE}}


def test_a_number_in_the_place_of_bytes_makes_none(passkey_user, authenticator, browser_of):
    browser = browser_of(passkey_user)
    for changed in with_numbers(authenticator.get(browser.login_options())):
        assert browser.passkey_login(changed).status_code == 401, changed
    for changed in with_numbers(authenticator.create(passkey_user.creation_options())):
        assert passkey_user.add_passkey(changed).status_code == 400, changed


@pytest.mark.parametrize("depth", [10, 1000, 5000])
def test_deeply_nested_cbor_is_refused(member, authenticator, depth):
    answer = authenticator.create(member.creation_options())
    answer["response"]["attestationObject"] = encoded(b"\x81" * depth + b"\x00")
    assert member.add_passkey(answer).status_code == 400


@pytest.mark.parametrize(
    "statement",
    [{}, {"fmt": "none"}, {"fmt": "none", "attStmt": {}, "authData": b""}, {"fmt": 1, "attStmt": 1, "authData": 1}, []],
    ids=str,
)
def test_attestations_without_their_parts_are_refused(member, authenticator, statement):
    answer = authenticator.create(member.creation_options())
    answer["response"]["attestationObject"] = encoded(cbor.encode(statement))
    assert member.add_passkey(answer).status_code == 400


@pytest.mark.parametrize("client", [b"", b"[]", b"null", b"{}", b"\xff", b'{"type":"webauthn.get"}', b"1" * 5000])
def test_client_data_of_another_form_is_refused(passkey_user, authenticator, browser_of, client):
    browser = browser_of(passkey_user)
    answer = authenticator.get(browser.login_options())
    answer["response"]["clientDataJSON"] = encoded(client)
    assert browser.passkey_login(answer).json["code"] == "passkey_refused"
