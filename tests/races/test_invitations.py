"""An invitation that is accepted twice at the same moment, or while the account changes."""

from tests.support.parallel import at_once

PASSWORDS = ("compiled by hand, twice", "compiled by hand, again")


def invited(admin, number):
    body = {"email": f"grace{number}@example.com"}
    created = admin.post("/users", json=body).json
    return created["user"]["_id"], {**body, "code": created["invitation"]["code"]}


def acceptance(api, body, password):
    return lambda: api.post("/auth/invitation", json={**body, "password": password})


def test_of_two_who_accept_one_wins(rounds, admin, new_api):
    for number in range(rounds):
        _, body = invited(admin, number)
        answers = at_once(*[acceptance(new_api(), body, password) for password in PASSWORDS])
        assert sorted(answer.status_code for answer in answers) == [200, 400]
        winner = PASSWORDS[[answer.status_code for answer in answers].index(200)]
        for password in PASSWORDS:
            status = new_api().called(body["email"], password).login().status_code
            assert status == (200 if password == winner else 401)


def test_against_a_deletion_nothing_is_left(rounds, admin, new_api, database):
    for number in range(rounds):
        user_id, body = invited(admin, number)
        accepted, deleted = at_once(
            acceptance(new_api(), body, PASSWORDS[0]), lambda: admin.delete(f"/users/{user_id}")
        )
        assert deleted.status_code == 200
        assert accepted.status_code in (200, 400)
        assert database.users.count_documents({"email": body["email"]}) == 0
        assert database.codes.count_documents({}) == 0


def test_against_a_new_invitation_one_code_at_most_works(rounds, admin, new_api):
    for number in range(rounds):
        user_id, body = invited(admin, number)
        accepted, renewed = at_once(
            acceptance(new_api(), body, PASSWORDS[0]), lambda: admin.post(f"/users/{user_id}/invitation")
        )
        assert (accepted.status_code, renewed.status_code) in {(200, 409), (200, 201), (400, 201)}
        if renewed.status_code == 201:
            later = acceptance(new_api(), {**body, "code": renewed.json["invitation"]["code"]}, PASSWORDS[1])()
            assert later.status_code == (400 if accepted.status_code == 200 else 200)
