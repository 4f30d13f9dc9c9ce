"""What may be set as a password"""

import pytest

from auth_service.development.common_passwords import content
from auth_service.errors import InvalidRequest
from auth_service.services.credentials.breaches import NullBreaches
from auth_service.services.credentials.common_passwords import END, FILE, common_passwords
from auth_service.services.credentials.policy import (
    BREACHED,
    COMMON,
    HAS_EMAIL,
    HAS_NAME,
    PasswordPolicy,
)
from tests.support.api import PASSWORD

LENGTH = "Must have 8 to 1024 characters."


class KnownBreaches:
    """Knows some passwords, and keeps the lookups."""

    def __init__(self, *known):
        self.known = known
        self.lookups = []

    def contains(self, password):
        self.lookups.append(password)
        return password in self.known


def policy(*, min_length=8, service_name="auth_service", breaches=None):
    return PasswordPolicy(min_length=min_length, service_name=service_name, breaches=breaches or NullBreaches())


def reasons(password, *, email="zoe@example.com", **options):
    """Why `password` is refused; nothing when it is accepted."""
    try:
        policy(**options).check(password, email=email)
    except InvalidRequest as refusal:
        return refusal.errors["password"]
    return []


# length


@pytest.mark.parametrize(
    "password",
    ["24680135", "x" * 1024, " " * 8, "\u00e4" * 8, "\U0001f511" * 1024, "e\u0301" * 8, "x" * 1023 + "e\u0301"],
)
def test_8_to_1024_characters_are_allowed_whatever_they_are(password):
    assert reasons(password) == []


@pytest.mark.parametrize(
    "password", ["", "x1y2z3!", "x" * 1025, "e\u0301" * 7, "\U0001f511" * 7, "x" * 100_000, "\ufdfa" * 100]
)
def test_fewer_and_more_are_refused(password):
    assert reasons(password) == [LENGTH]


def test_the_least_length_is_configured():
    assert reasons("x" * 11, min_length=12) == ["Must have 12 to 1024 characters."]
    assert reasons("x" * 12, min_length=12) == []


# the common ones


def test_30000_common_passwords_are_known():
    first, *known, last = common_passwords().split(END)
    assert len(known) == 30_000
    assert all(known)
    assert first == last == ""


def test_they_are_read_once():
    assert common_passwords() is common_passwords()


def test_the_file_is_the_one_that_the_script_makes():
    assert FILE.read_text(encoding="utf-8") == content()


@pytest.mark.parametrize(
    "password",
    ["12345678", "password1", "PassWord1", "iloveyou", "\uff50\uff41\uff53\uff53word", "TRUSTNO1"],
)
def test_common_passwords_are_refused_however_they_are_written(password):
    assert reasons(password) == [COMMON]


@pytest.mark.parametrize("between", ["\u00a0", " ", END])
def test_two_of_them_are_not_one(between):
    assert reasons(between.join(common_passwords().split(END)[1:3])) == []


@pytest.mark.parametrize("password", ["password1 and more", " iloveyou", PASSWORD, PASSWORD.replace(" ", "")])
def test_what_only_contains_a_common_one_is_allowed(password):
    assert reasons(password) == []


# the e-mail address


@pytest.mark.parametrize(
    ("local", "password"),
    [
        ("johanna", "johanna's dog"),
        ("johanna", "my JOHANNA, 1"),
        ("johanna", "\uff2aohanna and I"),
        ("johanna.miller", "the millers' dog"),
        ("johanna_miller", "Johanna rides"),
        ("johanna-miller", "x johanna-miller x"),
        ("miller+shop", "in the shop at 9"),
        ("johanna1987", "Johanna rides"),
        ("johanna1987", "summer of 1987!"),
        ("j.o.e.y", "joey rides out"),
        ("j.o.e.y", "so j.o.e.y it is"),
        ("stra\u00dfe", "on the strasse"),
        ("johanna'miller", "the millers' dog"),
    ],
)
def test_the_local_part_and_its_pieces_are_refused(local, password):
    assert reasons(password, email=f"{local}@example.com") == [HAS_EMAIL]


@pytest.mark.parametrize(
    ("local", "password"),
    [
        ("ada", "ada loves engines"),
        ("jo.li", "jo and li ride"),
        ("joe99", "99 joe and a half"),
        ("johanna", "johann rides out"),
        ("thor", PASSWORD),
        ("someone", "example.com it is"),
    ],
)
def test_pieces_under_4_characters_and_the_domain_are_allowed(local, password):
    assert reasons(password, email=f"{local}@example.com") == []


# the service's name


@pytest.mark.parametrize(
    "password",
    ["auth_service 1", "my AUTH-Service", "authservice!", "a.u.t.h.service", "xauthservicex"],
)
def test_the_name_of_the_service_is_refused_with_and_without_separators(password):
    assert reasons(password) == [HAS_NAME]


@pytest.mark.parametrize(
    ("name", "password"), [("ab", "abcdefgh ab"), ("--", "a -- dash -- it"), ("acme auth", "acme wins it all")]
)
def test_names_under_4_characters_and_parts_of_a_name_are_allowed(name, password):
    assert reasons(password, service_name=name) == []


# all together


def test_all_reasons_that_apply_are_listed():
    refused = reasons("monkey", email="monkey@example.com", service_name="Monkey")
    assert refused == [LENGTH, COMMON, HAS_EMAIL, HAS_NAME]


def test_the_field_is_the_client_s():
    with pytest.raises(InvalidRequest) as refusal:
        policy().check("short", email="zoe@example.com", field="newPassword")
    assert refusal.value.errors == {"newPassword": [LENGTH]}


def test_the_password_of_the_tests_and_the_documentation_is_allowed():
    for email in ("ada@example.com", "user@example.com", "admin@example.com"):
        assert reasons(PASSWORD, email=email) == []


# breaches


def test_a_breached_password_is_refused():
    assert reasons("a breached one", breaches=KnownBreaches("a breached one")) == [BREACHED]


def test_breaches_are_asked_in_nfkc():
    assert reasons("\uff41 breached one", breaches=KnownBreaches("a breached one")) == [BREACHED]


@pytest.mark.parametrize("password", ["short", "password1", "zoe1@ rides", "auth_service 1"])
def test_breaches_are_not_asked_for_what_is_refused_anyway(password):
    breaches = KnownBreaches()
    assert reasons(password, email="zoe1@example.com", breaches=breaches) != []
    assert breaches.lookups == []
