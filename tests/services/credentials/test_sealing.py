"""Sealed secrets open where they were sealed, by the keys that are configured, and nowhere else."""

import pytest

from auth_service.services.credentials.sealing import Place, Seal, Unsealable

FIRST, SECOND = bytes(range(32)), bytes(range(32, 64))
PLACE = Place(purpose="totp", user_id="a" * 24, record_id="b" * 24)
SECRET = b"twenty secret bytes!"


def test_a_sealed_secret_opens_in_its_place():
    seal = Seal(FIRST)
    assert seal.open(seal.close(SECRET, PLACE), PLACE) == SECRET


def test_a_sealed_secret_does_not_show():
    sealed = Seal(FIRST).close(SECRET, PLACE)
    assert SECRET not in sealed["sealed"]
    assert len(sealed["sealed"]) == 12 + len(SECRET) + 16


def test_equal_secrets_are_sealed_differently():
    seal = Seal(FIRST)
    assert len({seal.close(SECRET, PLACE)["sealed"] for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place(purpose="other", user_id="a" * 24, record_id="b" * 24),
        Place(purpose="totp", user_id="c" * 24, record_id="b" * 24),
        Place(purpose="totp", user_id="a" * 24, record_id="c" * 24),
        Place(purpose="totp", user_id="b" * 24, record_id="a" * 24),
    ],
    ids=["purpose", "user", "record", "swapped"],
)
def test_a_sealed_secret_that_was_moved_does_not_open(elsewhere):
    seal = Seal(FIRST)
    with pytest.raises(Unsealable):
        seal.open(seal.close(SECRET, PLACE), elsewhere)


def test_the_previous_key_opens_what_it_sealed_and_seals_nothing():
    sealed, rotated = Seal(FIRST).close(SECRET, PLACE), Seal(SECOND, FIRST)
    assert rotated.open(sealed, PLACE) == SECRET
    assert rotated.close(SECRET, PLACE)["sealedBy"] == Seal(SECOND).fingerprint
    with pytest.raises(Unsealable):
        Seal(SECOND).open(sealed, PLACE)


@pytest.mark.parametrize("position", [0, 11, 12, 20, -1])
def test_a_damaged_secret_does_not_open(position):
    seal = Seal(FIRST)
    record = seal.close(SECRET, PLACE)
    damaged = bytearray(record["sealed"])
    damaged[position] ^= 1
    with pytest.raises(Unsealable):
        seal.open({**record, "sealed": bytes(damaged)}, PLACE)


@pytest.mark.parametrize("record", [{}, {"sealed": b"", "sealedBy": None}, {"sealed": b"x" * 5}])
def test_what_was_never_sealed_does_not_open(record):
    with pytest.raises(Unsealable):
        Seal(FIRST).open({"sealedBy": Seal(FIRST).fingerprint, **record}, PLACE)


def test_keys_do_not_show():
    assert "\\x01" not in repr(Seal(FIRST, SECOND))
    assert Seal(FIRST).fingerprint != Seal(SECOND).fingerprint
