"""Hashing and checking passwords"""

import re

import bcrypt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth_service.services.credentials.hashing_queue import HashingQueue
from auth_service.services.credentials.passwords import Passwords


def passwords_of(*, rounds):
    return Passwords(rounds=rounds, queue=HashingQueue(concurrency=1, wait=2, threads=4))


ROUNDS = 6
TAG = "$bcrypt-hmac-sha384"
LONG = "x" * 72


@pytest.fixture
def passwords():
    return passwords_of(rounds=ROUNDS)


def foreign(secret, *, prefix="$2b$", rounds=4):
    """A hash as another system stored it."""
    secret = secret if isinstance(secret, bytes) else secret.encode()
    return prefix + bcrypt.hashpw(secret[:72], bcrypt.gensalt(rounds)).decode()[4:]


# its own hashes


def test_a_hash_matches_its_password_and_no_other(passwords):
    stored = passwords.make_hash("correct horse")
    assert passwords.matches("correct horse", stored)
    assert not passwords.matches("Correct horse", stored)


def test_a_hash_is_tagged_with_its_scheme_and_cost(passwords):
    assert re.fullmatch(re.escape(TAG) + r"\$2b\$06\$[./A-Za-z0-9]{53}", passwords.make_hash("correct horse"))


def test_two_hashes_of_one_password_differ(passwords):
    assert passwords.make_hash("correct horse") != passwords.make_hash("correct horse")


def test_a_hash_matches_in_every_installation():
    stored = passwords_of(rounds=4).make_hash("correct horse")
    assert passwords_of(rounds=5).matches("correct horse", stored)


@pytest.mark.parametrize(
    ("typed", "also_typed"),
    [
        ("caf\u00e9 society", "cafe\u0301 society"),
        ("\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff44", "password"),
        ("\ufb01nancier", "financier"),
        ("\u212bngstr\u00f6m", "A\u030angstro\u0308m"),
    ],
)
def test_spellings_that_unicode_calls_equal_are_equal(passwords, typed, also_typed):
    assert passwords.matches(also_typed, passwords.make_hash(typed))
    assert passwords.matches(typed, passwords.make_hash(also_typed))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (" password", "password"),
        ("password ", "password"),
        ("password\n", "password"),
        ("password", "Password"),
        (LONG + "a", LONG + "b"),
        (LONG + "a", LONG),
        ("\u00fc" * 36 + "a", "\u00fc" * 36 + "b"),
        ("x" * 1023 + "a", "x" * 1023 + "b"),
    ],
)
def test_nothing_is_trimmed_folded_or_cut_off(passwords, one, other):
    assert not passwords.matches(other, passwords.make_hash(one))
    assert not passwords.matches(one, passwords.make_hash(other))


@settings(max_examples=30, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_every_text_matches_its_own_hash(password):
    passwords = passwords_of(rounds=4)
    stored = passwords.make_hash(password)
    assert passwords.matches(password, stored)
    assert not passwords.matches(password + "x", stored)


# no policy


def test_the_policy_does_not_apply_where_a_password_is_checked(passwords):
    assert passwords.matches("short", passwords.make_hash("short"))


# the hashes of other systems


@pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
def test_plain_bcrypt_hashes_of_other_systems_match(passwords, prefix):
    stored = foreign("correct horse", prefix=prefix)
    assert passwords.matches("correct horse", stored)
    assert not passwords.matches("correct horsf", stored)


@pytest.mark.parametrize(
    ("typed", "hashed"),
    [
        (" correct horse ", " correct horse "),
        (" correct horse ", "correct horse"),
        ("correct horse\n", "correct horse"),
        (LONG + "more", LONG),
        ("\u00fc" * 36 + "more", "\u00fc" * 36),
        (" " + LONG + "more", LONG),
        (" " + LONG, " " + LONG[:71]),
        ("x" * 71 + "\u00fc", b"x" * 71 + b"\xc3"),
        ("cafe\u0301 society", "cafe\u0301 society"),
    ],
)
def test_they_are_checked_on_72_bytes_as_typed_and_as_trimmed(passwords, typed, hashed):
    assert passwords.matches(typed, foreign(hashed))


@pytest.mark.parametrize(
    ("typed", "hashed"),
    [("correct horse", " correct horse"), ("caf\u00e9 society", "cafe\u0301 society"), (LONG[:71], LONG)],
)
def test_they_are_neither_padded_nor_normalised(passwords, typed, hashed):
    assert not passwords.matches(typed, foreign(hashed))


def test_an_own_hash_without_its_tag_does_not_match(passwords):
    stored = passwords.make_hash("correct horse")
    assert not passwords.matches("correct horse", stored.removeprefix(TAG))


# what is outdated


def test_a_hash_made_now_is_not_outdated(passwords):
    assert not passwords.is_outdated(passwords.make_hash("correct horse"))


def test_a_hash_of_lower_cost_and_a_foreign_one_are_outdated(passwords):
    assert passwords.is_outdated(passwords_of(rounds=ROUNDS - 1).make_hash("correct horse"))
    assert passwords.is_outdated(foreign("correct horse", rounds=ROUNDS))


def test_a_hash_of_higher_cost_is_left_alone(passwords):
    assert not passwords.is_outdated(passwords_of(rounds=ROUNDS + 1).make_hash("correct horse"))


@pytest.mark.parametrize(
    ("stored", "renewed"),
    [
        (foreign("correct horse battery"), True),
        (foreign("correct horse battery", prefix="$2y$", rounds=5), True),
        (passwords_of(rounds=4).make_hash("correct horse battery"), False),
        (passwords_of(rounds=5).make_hash("correct horse battery"), False),
    ],
    ids=["foreign", "foreign of higher cost", "present", "of higher cost"],
)
def test_a_login_renews_an_outdated_hash_and_no_other(user, database, stored, renewed):
    database.users.update_one({}, {"$set": {"password": stored}})
    assert user.login().status_code == 200
    now = database.users.find_one()["password"]
    assert (now != stored, now.startswith(TAG + "$2b$")) == (renewed, True)
    assert user.login().status_code == 200
    assert user.login(password="correct horse batterz").status_code == 401


def test_a_failed_login_renews_nothing(user, database):
    stored = foreign("correct horse battery")
    database.users.update_one({}, {"$set": {"password": stored}})
    assert user.login(password="wrong password").status_code == 401
    assert database.users.find_one()["password"] == stored


# what is no hash

MALFORMED = [
    None,
    "",
    "x",
    "correct horse",
    "$2b$",
    "$2b$06$",
    "$2b$06$" + "x" * 52,
    "$2b$06$" + "x" * 54,
    "$2b$06$" + "\u00fc" * 53,
    "$2b$06$" + "!" * 53,
    "$2b$00$" + "x" * 53,
    "$2b$03$" + "x" * 53,
    "$2b$32$" + "x" * 53,
    "$2b$99$" + "x" * 53,
    "$2c$06$" + "x" * 53,
    "$2x$06$" + "x" * 53,
    TAG,
    TAG + "$2b$06$",
    TAG + TAG,
    TAG + "\u0000",
    "$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA",
    "$6$salt$hash",
    "$2b$06$" + "x" * 53 + "\n",
]


@pytest.mark.parametrize("stored", MALFORMED, ids=ascii)
@pytest.mark.parametrize("password", ["correct horse", "", " padded ", "x" * 5000])
def test_what_is_no_hash_matches_nothing(passwords, stored, password):
    assert not passwords.matches(password, stored)


@pytest.mark.parametrize("stored", [text for text in MALFORMED if text], ids=ascii)
def test_a_login_against_what_is_no_hash_is_an_ordinary_401(user, database, stored):
    database.users.update_one({}, {"$set": {"password": stored}})
    response = user.login()
    assert (response.status_code, response.json["code"]) == (401, "invalid_credentials")


# the same work for every failure


@pytest.fixture
def work(monkeypatch):
    """The iterations that bcrypt has done, as the sum of 2 to the cost of every hash it really made."""
    spent = []
    real_hash, real_check = bcrypt.hashpw, bcrypt.checkpw

    def observed_hash(secret, salt):
        spent.append(2 ** int(salt.split(b"$")[2]))
        return real_hash(secret, salt)

    def observed_check(secret, hashed):
        outcome = real_check(secret, hashed)
        spent.append(2 ** int(hashed.split(b"$")[2]))
        return outcome

    monkeypatch.setattr(bcrypt, "hashpw", observed_hash)
    monkeypatch.setattr(bcrypt, "checkpw", observed_check)
    return spent


FAILURES = {
    "no such user": None,
    "another password": passwords_of(rounds=ROUNDS).make_hash("another password"),
    "another password at a lower cost": passwords_of(rounds=4).make_hash("another password"),
    "a foreign hash": foreign("another password", rounds=ROUNDS),
    "a foreign hash at a lower cost": foreign("another password", prefix="$2a$"),
    "a foreign hash one step lower": foreign("another password", prefix="$2y$", rounds=ROUNDS - 1),
    "no hash": "x",
    "an empty hash": "",
    "a malformed hash": "$2b$06$" + "!" * 53,
    "a tag without a hash": TAG + "x",
    "an impossible cost": "$2b$99$" + "x" * 53,
}


@pytest.mark.parametrize("stored", FAILURES.values(), ids=FAILURES)
@pytest.mark.parametrize(
    ("password", "hashes"),
    [("wrong password", 1), ("x", 1), ("x" * 5000, 1), ("\u00fc" * 500, 1), (" wrong password", 2)],
    ids=["ordinary", "short", "overlong", "not ASCII", "with a space around"],
)
def test_every_failure_costs_the_same(passwords, work, stored, password, hashes):
    assert not passwords.matches(password, stored)
    assert sum(work) == hashes * 2**ROUNDS


def test_the_work_of_a_success_is_one_hash(passwords, work):
    stored = passwords.make_hash("correct horse")
    work.clear()
    assert passwords.matches("correct horse", stored)
    assert work == [2**ROUNDS]


def test_a_login_costs_the_same_for_a_known_and_an_unknown_address(user, work):
    spent = []
    for email in (user.email, "nobody@example.com"):
        work.clear()
        assert user.login(email=email, password="wrong password").status_code == 401
        spent.append(sum(work))
    assert spent == [2**4, 2**4]


def test_no_account_is_checked_by_the_same_calls_as_a_hash_of_ours(monkeypatch):
    passwords, calls = Passwords(rounds=4, queue=HashingQueue(concurrency=1, wait=5, threads=8)), []
    stored = passwords.make_hash("correct horse battery")
    for name in ("checkpw", "hashpw"):
        real = getattr(bcrypt, name)
        monkeypatch.setattr(bcrypt, name, lambda *given, n=name, real=real: calls.append(n) or real(*given))
    for guess in ("a wrong guess", " spaced "):
        calls.clear()
        assert not passwords.matches(guess, stored)
        known = list(calls)
        calls.clear()
        assert not passwords.matches(guess, None)
        assert calls == known
