"""What a User-Agent says about the device"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth_service.services.origin.devices import bounded, family, recognise
from tests.support.user_agents import KNOWN

KINDS = {"Desktop", "Mobile", "Tablet", "Bot"}


@pytest.mark.parametrize(("user_agent", "expected"), KNOWN.values(), ids=KNOWN)
def test_a_user_agent_is_recognised(user_agent, expected):
    device = recognise(user_agent)
    assert (device.kind, device.browser, device.os) == expected


@settings(deadline=None)
@given(st.text(st.characters(), max_size=600))
def test_no_text_fails(user_agent):
    device = recognise(user_agent)
    assert device.kind in KINDS
    assert device.browser
    assert device.os


@pytest.mark.parametrize(
    "user_agent",
    ["\ud800", "\x00", "(" * 100_000, "Mozilla/5.0 (" * 10_000, "Android " * 10_000, "\U0001f511" * 1000, "%s%n{0}"],
    ids=lambda text: ascii(text)[:20],
)
def test_garbage_never_fails(user_agent):
    assert recognise(user_agent).kind in KINDS


@pytest.mark.parametrize("user_agent", ["x" * 5000, "\u00fc" * 5000, "x" + "\U0001f511" * 5000])
def test_what_is_kept_is_the_beginning_and_at_most_512_bytes(user_agent):
    kept = bounded(user_agent)
    assert 508 < len(kept.encode()) <= 512
    assert user_agent.startswith(kept)


def test_a_short_user_agent_is_kept_whole():
    assert bounded("Mozilla/5.0 (\u00fc)") == "Mozilla/5.0 (\u00fc)"


def test_what_lies_behind_the_part_that_is_kept_does_not_count():
    assert recognise("x" * 600 + " Tablet Mobile").kind == "Desktop"


def test_the_family_of_a_device_is_the_same_in_every_version():
    for name in ("Chrome/{}.0.0.0 Safari/537.36", "acme-sync/{}.1"):
        assert family(name.format(141)) == family(name.format(142))
    assert family("acme-sync/1") != family("acme-watch/1")


def test_what_lies_behind_the_part_that_is_kept_is_not_of_the_family_either():
    assert family("x" * 600 + " Tablet") == family("x" * 600)
