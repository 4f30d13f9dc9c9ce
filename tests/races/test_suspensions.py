"""A suspension against whatever the user does at the same moment."""

from functools import partial

from tests.support.errors import code
from tests.support.parallel import at_once


def suspend(actor, target):
    return lambda: actor.post(f"/users/{target.user_id}/suspension")


def test_of_a_login_against_a_suspension_nothing_works_afterwards(rounds, admin, user, database):
    for _ in range(rounds):
        login, suspended = at_once(user.login, suspend(admin, user))
        assert suspended.status_code == 200
        assert login.status_code == 200 or code(login) == (403, "account_suspended")
        if login.status_code == 200:
            assert code(user.profile()) == (401, "suspended")
        assert code(user.login()) == (403, "account_suspended")
        assert database.sessions.count_documents({"role": "user", "endedAt": None}) == 0
        assert admin.delete(f"/users/{user.user_id}/suspension").status_code == 200


def test_of_a_refresh_against_a_suspension_nothing_works_afterwards(rounds, admin, user):
    for _ in range(rounds):
        user.logged_in()
        refresh, suspended = at_once(user.refresh, suspend(admin, user))
        assert suspended.status_code == 200
        assert refresh.status_code == 200 or code(refresh) == (401, "suspended")
        assert code(user.profile()) == code(user.refresh()) == (401, "suspended")
        assert admin.delete(f"/users/{user.user_id}/suspension").status_code == 200


def test_of_a_password_change_against_a_suspension_nothing_works_afterwards(rounds, admin, user):
    for number in range(rounds):
        user.logged_in()
        new = f"correct horse battery {number}"
        body = {"currentPassword": user.password, "newPassword": new}
        changed, suspended = at_once(lambda: user.post("/profile/password", json=body), suspend(admin, user))
        assert suspended.status_code == 200
        if changed.status_code == 200:
            user.password, user.access_token = new, changed.json["accessToken"]
        else:
            assert code(changed) == (401, "suspended")
        assert code(user.profile()) == (401, "suspended")
        assert admin.delete(f"/users/{user.user_id}/suspension").status_code == 200


def test_two_admins_who_suspend_each_other_leave_one(rounds, new_api, services, database):
    ada, bob = [new_api().called(f"{name}@example.com") for name in ("ada", "bob")]
    for api in (ada, bob):
        services.seeding.seed_admin(email=api.email, password=api.password)
    for _ in range(rounds):
        ada.logged_in(), bob.logged_in()
        statuses = sorted(answer.status_code for answer in at_once(suspend(ada, bob), suspend(bob, ada)))
        assert statuses[0] == 200
        assert statuses[1] in (401, 403)
        assert database.users.count_documents({"role": "admin", "suspended": None}) == 1
        database.users.update_many({}, {"$unset": {"suspended": 1}})


def test_of_a_key_against_a_suspension_nothing_works_afterwards(rounds, admin, user, new_api):
    """Whether it is used or made at that moment."""
    for number in range(rounds):
        user.logged_in()
        program = new_api()
        program.access_token = user.post("/profile/keys", json={"name": "used"}).json["secret"]
        make = partial(user.post, "/profile/keys", json={"name": f"made {number}"})
        used, made, suspended = at_once(program.profile, make, suspend(admin, user))
        assert suspended.status_code == 200
        assert used.status_code == 200 or code(used) == (401, "suspended")
        assert made.status_code == 201 or code(made) in [(401, "suspended"), (403, "account_suspended")]
        if made.status_code == 201:
            late = new_api()
            late.access_token = made.json["secret"]
            assert code(late.profile()) == (401, "suspended")
        assert code(program.profile()) == (401, "suspended")
        assert admin.delete(f"/users/{user.user_id}/suspension").status_code == 200


def test_of_an_accepted_invitation_against_a_suspension_the_account_is_suspended(rounds, admin, new_api):
    for number in range(rounds):
        body = {"email": f"grace{number}@example.com"}
        created = admin.post("/users", json=body).json
        body |= {"code": created["invitation"]["code"], "password": "compiled by hand, twice"}
        accept = partial(new_api().post, "/auth/invitation", json=body)
        accepted, suspended = at_once(accept, partial(admin.post, f"/users/{created['user']['_id']}/suspension"))
        assert (accepted.status_code, suspended.status_code) == (200, 200)
        assert code(new_api().called(body["email"], body["password"]).login()) == (403, "account_suspended")
