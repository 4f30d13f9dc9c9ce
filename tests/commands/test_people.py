"""The commands that an operator has for one user: create, show, delete, and list and end their sessions."""

import pytest

PASSWORD = "correct horse battery"
NOBODY = "nobody@example.com"


@pytest.fixture
def command(app):
    """Runs a command of the application in this process."""
    return lambda *arguments, stdin=None: app.test_cli_runner().invoke(args=arguments, input=stdin)


@pytest.mark.parametrize("role", ["user", "admin"])
def test_users_add_creates_an_account_that_can_log_in(command, api, role):
    added = command("users", "add", "Eve@Example.com", "--role", role, stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert (added.exit_code, added.stdout.splitlines()[-1]) == (0, f"eve@example.com is now {role}")
    assert PASSWORD not in added.output
    logged_in = api.called("eve@example.com", PASSWORD).logged_in()
    assert logged_in.get("/users").status_code == {"user": 403, "admin": 200}[role]


def test_users_add_does_not_change_an_account_that_exists(command, user, database):
    refused = command("users", "add", user.email, "--role", "admin", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert refused.exit_code == 1
    assert database.users.count_documents({"role": "admin"}) == 0


def test_users_show_prints_the_user_and_never_the_hash(command, user, database):
    shown = command("users", "show", user.email)
    stored = database.users.find_one({})
    assert shown.exit_code == 0
    assert {user.email, str(stored["_id"]), "user"} <= set(shown.stdout.split())
    assert "active sessions 1" in shown.stdout
    assert stored["password"] not in shown.stdout


def test_users_delete_asks_and_ends_all_sessions(command, user, database):
    assert command("users", "delete", user.email, stdin="n\n").exit_code == 1
    assert user.verify().status_code == 204
    assert command("users", "delete", user.email, "--yes").exit_code == 0
    assert user.verify().status_code == 401
    assert database.users.count_documents({}) == 0


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("users", "delete", "--yes"), None),
        (("users", "password"), "an entirely new one\nan entirely new one\n"),
        (("sessions", "end"), None),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_the_operator_is_nobody_in_the_audit_trail(command, user, database, arguments, stdin):
    before = database.audit_events.count_documents({})
    assert command(*arguments, user.email, stdin=stdin).exit_code == 0
    events = list(database.audit_events.find().sort("_id", 1))[before:]
    assert {str(each["userId"]) for each in events} == {user.user_id}
    assert [each["type"] for each in events if "actorId" in each] == []


def test_an_operator_deletes_an_admin_as_long_as_another_one_is_left(command, admin, database):
    command("users", "add", "second@example.com", "--role", "admin", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert command("users", "delete", admin.email, "--yes").exit_code == 0
    assert [each["email"] for each in database.users.find({"role": "admin"})] == ["second@example.com"]


def test_users_delete_keeps_the_last_admin(command, admin):
    refused = command("users", "delete", admin.email, "--yes")
    assert refused.exit_code == 1
    assert "last admin" in refused.stderr


def test_sessions_list_prints_the_active_ones_of_the_user_alone(command, user, admin, database):
    listed = command("sessions", "list", user.email)
    owner = database.users.find_one({"email": user.email})["_id"]
    assert listed.exit_code == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [
        each["sessionId"] for each in database.sessions.find({"userId": owner})
    ]


def test_sessions_end_ends_those_of_the_user_alone(command, user, admin):
    ended = command("sessions", "end", user.email)
    assert (ended.exit_code, ended.stdout) == (0, "1 sessions are ended\n")
    assert user.verify().status_code == 401
    assert admin.verify().status_code == 204


@pytest.mark.parametrize("arguments", [(), ("user@example.com", "--all")])
def test_sessions_end_wants_one_user_or_all(command, arguments):
    refused = command("sessions", "end", *arguments)
    assert refused.exit_code == 2
    assert "or --all" in refused.stderr


@pytest.mark.parametrize(
    "arguments", [("users", "show"), ("users", "delete", "--yes"), ("sessions", "list"), ("sessions", "end")]
)
@pytest.mark.usefixtures("app")
def test_an_unknown_address_is_one_sentence(command, arguments):
    refused = command(*arguments, NOBODY)
    assert (refused.exit_code, refused.stderr) == (1, "Error: User not found\n")


def test_the_names_of_the_roles_are_said_where_one_is_none_of_them(command, user):
    refused = command("users", "role", user.email, "superuser")
    assert refused.exit_code == 2
    assert "'admin', 'user'" in refused.stderr


# people and programs


def test_users_suspend_ends_all_sessions_and_restore_lets_the_user_log_in_again(command, user, database):
    assert command("users", "suspend", user.email, "--reason", "Unpaid invoices").exit_code == 0
    assert user.verify().json["code"] == "suspended"
    assert user.email in command("users", "list", "--suspended").stdout
    assert "by the operator, Unpaid invoices" in command("users", "show", user.email).stdout
    assert command("users", "restore", user.email).exit_code == 0
    assert user.login().status_code == 200
    assert command("users", "list", "--suspended").stdout == ""
    assert [each.get("actorId") for each in database.audit_events.find({"type": "user_suspended"})] == [None]


def test_users_suspend_refuses_the_last_admin_and_a_long_reason(command, admin, user):
    refused = command("users", "suspend", admin.email)
    assert (refused.exit_code, "last admin" in refused.stderr) == (1, True)
    assert command("users", "suspend", user.email, "--reason", "x" * 201).exit_code == 2
    assert (admin.verify().status_code, user.verify().status_code) == (204, 204)


def test_users_add_invite_prints_a_code_that_sets_the_password(command, api):
    invited = command("users", "add", "grace@example.com", "--invite", "--role", "admin")
    assert invited.exit_code == 0
    body = {"email": "grace@example.com", "code": invited.stdout.splitlines()[-1], "password": PASSWORD}
    assert api.post("/auth/invitation", json=body).status_code == 200
    assert api.called("grace@example.com", PASSWORD).logged_in().get("/users").status_code == 200
    assert command("users", "add", "grace@example.com", "--invite").exit_code == 1


def test_users_key_prints_a_key_once(command, user, new_api):
    made = command("users", "key", user.email, "cron", "--expires-in", "1h")
    assert made.exit_code == 0
    program = new_api()
    program.access_token = made.stdout.splitlines()[-1]
    assert program.profile().json["user"]["email"] == user.email


@pytest.mark.parametrize("arguments", [("cron", "--expires-in", "900d"), ("cron", "--expires-in", "soon"), ("",)])
def test_users_key_says_what_is_wrong(command, user, arguments):
    refused = command("users", "key", user.email, *arguments)
    assert (refused.exit_code, "Traceback" in refused.output) == (2, False)
    assert user.get("/sessions?kind=key").json["sessions"] == []


def test_users_list_selects(command, user, admin):
    assert admin.email in command("users", "list", "--role", "admin").stdout
    assert command("users", "list", "--prefix", "USER@").stdout.split()[-1] == user.email
    assert command("users", "list", "--prefix", "nobody").stdout == ""
    assert command("users", "list", "--prefix", "a", "--role", "user").exit_code == 1
