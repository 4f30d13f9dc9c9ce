"""The settings of second factors."""

import pytest

from tests.support.factors.apps import KEY, OTHER_KEY
from tests.support.settings import problems, settings


def test_without_a_key_there_are_no_second_factors():
    assert not settings().factors.enabled
    assert not settings(PUBLIC_URL="https://auth.example.com").has_passkeys


def test_a_key_has_32_bytes_with_or_without_padding():
    assert settings(DATA_KEY=KEY).factors.key == settings(DATA_KEY=f"{KEY}=").factors.key == bytes(range(32))


@pytest.mark.parametrize(
    "key", ["short", KEY[:-1], KEY + "A", KEY.replace("A", "+", 1), KEY.replace("A", " ", 1), "é" * 43, "=" * 44]
)
def test_what_is_no_key_is_refused(key):
    (problem,) = problems(DATA_KEY=key)
    assert problem.startswith("DATA_KEY must be 32 random bytes")
    assert key not in problem


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"DATA_KEY": "A" * 43}, "DATA_KEY is weak"),
        ({"DATA_KEY_PREVIOUS": KEY}, "DATA_KEY_PREVIOUS needs DATA_KEY"),
        ({"DATA_KEY": KEY, "DATA_KEY_PREVIOUS": KEY}, "must not be the key that seals now"),
        ({"MFA_REQUIRED_FOR": "admins"}, "MFA_REQUIRED_FOR needs DATA_KEY"),
        ({"DATA_KEY": KEY, "MFA_REQUIRED_FOR": "some"}, "MFA_REQUIRED_FOR must be one of none, admins, all"),
    ],
)
def test_contradictions_stop_the_start(changes, words):
    (problem,) = problems(**changes)
    assert words in problem


def test_keys_do_not_show():
    shown = repr(settings(DATA_KEY=KEY, DATA_KEY_PREVIOUS=OTHER_KEY))
    assert repr(bytes(range(32)))[2:20] not in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://auth.example.com", "auth.example.com"),
        ("https://auth.example.com:8443", "auth.example.com"),
        ("http://localhost:3020", "localhost"),
        ("https://10.0.0.1", None),
        ("https://[::1]", None),
    ],
)
def test_passkeys_are_made_for_the_host_of_the_public_url(url, host):
    chosen = settings(DATA_KEY=KEY, PUBLIC_URL=url)
    assert chosen.service.passkey_host == host
    assert chosen.has_passkeys == (host is not None)
