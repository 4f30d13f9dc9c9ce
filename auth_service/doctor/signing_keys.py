"""Checks the file of signing keys: who can read it, its age, its fellows on other hosts, and the pace of a rotation."""

import stat
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from auth_service.doctor.findings import Finding, ok, problem, warning, warnings
from auth_service.documents.signing_key import PublishedKey
from auth_service.services.tokens.key_file import read
from auth_service.services.tokens.published_keys import recorded
from auth_service.settings.sessions import TokenSettings

FILE_CHECK, CHECK = "key file", "signing keys"
OTHERS = stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP
SHORTEST_NOTICE = timedelta(hours=1)
USUAL_NOTICE = timedelta(days=1)
TOO_OLD = timedelta(days=365)  # NIST SP 800-57 part 1, table 1: a key that signs is used for one to three years
ADD = "add another with `.venv/bin/python -m auth_service keys new FILE`"
NEVER_PUBLISHED = "the first key of the file was never published: put it second, restart, and put it first a day later"
DIFFERENT = (
    "the file is not the one of the latest start: copy it to all hosts, and restart the service on each that has not"
    " read it yet"
)


def examine_file(tokens: TokenSettings) -> list[Finding]:
    """Whether others on this host can read the keys, or replace them."""
    if not tokens.keys_file:
        return [ok(FILE_CHECK, "JWT_KEYS_FILE is not set: access tokens are signed with the secret")]
    mode = stat.S_IMODE(Path(tokens.keys_file).stat().st_mode)
    sentence = f"others on this host can read or replace the keys, by its mode {mode:04o}: `chmod 600`"
    return warnings(FILE_CHECK, [(bool(mode & OTHERS), sentence)], otherwise="only its owner and group can read it")


def examine(tokens: TokenSettings, *, now: datetime) -> list[Finding]:
    """The findings about the file, by the periods that the service records at each start."""
    ids = [key.kid for key in read(tokens.keys_file)] if tokens.keys_file else []
    return assess(ids, recorded(), now=now)


def assess(ids: Sequence[str], records: Sequence[PublishedKey], *, now: datetime) -> list[Finding]:
    """The findings about a file with keys of these `ids`, the first of which signs or is to sign."""
    published = {record.kid: record for record in records if record.withdrawn_at is None}
    signing = next((kid for kid, record in published.items() if record.signs_since), None)
    if not ids and not published:
        return [ok(CHECK, "there are none")]
    if ids and not records:
        return [ok(CHECK, "the service was not yet started with them")]
    found = []
    if set(ids) != set(published) or next(iter(ids), None) != signing:
        found.append(warning(CHECK, DIFFERENT))
    if ids:
        found += _notice(ids[0], published.get(ids[0]), records, now)
    return found or [ok(CHECK, "the file is that of the latest start")]


def _notice(kid: str, record: PublishedKey | None, records: Sequence[PublishedKey], now: datetime) -> list[Finding]:
    """Whether verifiers knew the key before it signed, or will; the very first key surprises nobody."""
    if record is None:
        return [problem(CHECK, NEVER_PUBLISHED)]
    signs, published = record.signs_since, record.published_at
    is_first = not any(other.published_at < published for other in records if other.kid != kid)
    notice = (signs or now) - published
    if is_first or notice >= SHORTEST_NOTICE or (signs and now - signs > USUAL_NOTICE):
        return _age(signs, now)
    if signs is None:
        return [problem(CHECK, f"restart after {published + USUAL_NOTICE:%Y-%m-%d %H:%M} UTC: the first key is new")]
    minutes = int(notice.total_seconds() // 60)
    return [warning(CHECK, f"the key that signs had been published for {minutes} minutes: not all verifiers know it")]


def _age(signs_since: datetime | None, now: datetime) -> list[Finding]:
    if signs_since is None or now - signs_since <= TOO_OLD:
        return []
    return [warning(CHECK, f"the same key signs since {signs_since:%Y-%m-%d}: {ADD}")]
