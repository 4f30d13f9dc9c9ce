"""Checks that the durations stand in a sensible order and unit: the service accepts every order."""

from datetime import timedelta
from typing import NamedTuple

import durationpy

from auth_service.doctor.findings import Finding, warnings
from auth_service.settings.sessions import SessionSettings, TokenSettings
from auth_service.settings.settings import Settings

CHECK = "durations"
SHORTEST_LIFE = timedelta(minutes=1)
LONGEST_ACCESS = timedelta(hours=1)
LONGEST_FRESH = timedelta(hours=1)
LONGEST_WAIT = timedelta(seconds=20)
SHORTEST_CHECK = timedelta(hours=1)
LATEST_TOUCH = 10  # a touch later than a tenth of the idle lifetime ends sessions noticeably early

Oddity = tuple[bool, str]  # whether it applies, and the warning


class Duration(NamedTuple):
    """A setting by its variable's name."""

    name: str
    length: timedelta

    def __str__(self) -> str:
        return f"{self.name} ({notation(self.length)})"


def examine(settings: Settings) -> list[Finding]:
    """A warning for each pair of durations in an odd order, and for each duration that is oddly short or long."""
    tokens, sessions = settings.tokens, settings.sessions
    odd = [
        *_of_units(settings),
        *_between_tokens_and_sessions(tokens, sessions),
        *_of_sessions(sessions),
        *_of_races(tokens),
        _of_cookie(settings.cookie.max_age or timedelta(0), tokens),
    ]
    return warnings(CHECK, odd, otherwise="in a sensible order")


def notation(length: timedelta) -> str:
    """A duration in the notation of the settings: `14d`, `1h30m`."""
    text: str = durationpy.to_str(length, extended=True)
    return text


def _longer(this: Duration, that: Duration, advice: str) -> Oddity:
    return this.length > that.length, f"{this} is longer than {that}: {advice}"


def _of_units(settings: Settings) -> list[Oddity]:
    """Durations that are probably meant in another unit."""
    tokens, sessions, cookie = settings.tokens, settings.sessions, settings.cookie
    access = Duration("JWT_ACCESS_EXPIRES_IN", tokens.access_lifetime)
    wait = Duration("BCRYPT_WAIT", settings.passwords.bcrypt_wait)
    fresh = Duration("FRESH_FOR", settings.confirmation.fresh_for)
    check = Duration("GEO_MAX_AGE", settings.geo.max_age)
    in_seconds, in_milliseconds = "here a plain number is seconds", "here a plain number is milliseconds"
    lives = [
        (access, in_seconds),
        (Duration("JWT_REFRESH_EXPIRES_IN", tokens.refresh_lifetime), in_seconds),
        (Duration("SESSION_ABSOLUTE_EXPIRES_IN", sessions.absolute_lifetime), in_seconds),
        (Duration("SESSION_ABSOLUTE_EXPIRES_IN_ADMIN", sessions.admin_absolute_lifetime), in_seconds),
        (Duration("SESSION_EXPIRES_IN", sessions.idle_lifetime), in_milliseconds),
        (Duration("COOKIE_REFRESH_MAX_AGE", cookie.max_age or tokens.refresh_lifetime), in_milliseconds),
    ]
    return [
        *((_is_short(each.length), f"{each} is oddly short: {unit}; is it meant so?") for each, unit in lives),
        (access.length > LONGEST_ACCESS, f"{access} is oddly long: {in_seconds}; let access tokens live minutes"),
        (fresh.length > LONGEST_FRESH, f"{fresh} is oddly long: {in_seconds}; a stolen session is fresh that long"),
        (wait.length > LONGEST_WAIT, f"{wait} is oddly long: {in_seconds}; a client gives up before"),
        (check.length < SHORTEST_CHECK, f"{check} is oddly short: {in_seconds}; the file changes twice a week"),
    ]


def _is_short(length: timedelta) -> bool:
    """Whether it is less than a minute, or no whole number of seconds, as where 86400 was read as milliseconds."""
    return length < SHORTEST_LIFE or length % timedelta(seconds=1) != timedelta(0)


def _between_tokens_and_sessions(tokens: TokenSettings, sessions: SessionSettings) -> list[Oddity]:
    access = Duration("JWT_ACCESS_EXPIRES_IN", tokens.access_lifetime)
    refresh = Duration("JWT_REFRESH_EXPIRES_IN", tokens.refresh_lifetime)
    idle = Duration("SESSION_EXPIRES_IN", sessions.idle_lifetime)
    return [
        _longer(access, refresh, "when a client comes to refresh it no longer can; let access tokens live minutes"),
        _longer(access, idle, "an unused token outlives its session; let access tokens live minutes"),
        _longer(idle, refresh, "a session can live while nothing can refresh it; make them equal"),
    ]


def _of_sessions(sessions: SessionSettings) -> list[Oddity]:
    idle = Duration("SESSION_EXPIRES_IN", sessions.idle_lifetime)
    absolute = Duration("SESSION_ABSOLUTE_EXPIRES_IN", sessions.absolute_lifetime)
    admin = Duration("SESSION_ABSOLUTE_EXPIRES_IN_ADMIN", sessions.admin_absolute_lifetime)
    touch = Duration("SESSION_TOUCH_INTERVAL", sessions.touch_interval)
    return [
        _longer(idle, absolute, "the idle limit never comes to bear; shorten it"),
        _longer(admin, absolute, "admins should log in more often than users, not less; shorten it"),
        (
            touch.length > idle.length / LATEST_TOUCH,
            f"{touch} is more than a tenth of {idle}: sessions in use end up to that much early; shorten it",
        ),
    ]


def _of_races(tokens: TokenSettings) -> list[Oddity]:
    window = Duration("REFRESH_RACE_WINDOW", tokens.race_window)
    access = Duration("JWT_ACCESS_EXPIRES_IN", tokens.access_lifetime)
    return [
        (not window.length, f"{window.name} is 0: two tabs that refresh at once count as theft; use 15s"),
        _longer(window, access, "the owner of a stolen token refreshes within it, undetected; shorten it"),
    ]


def _of_cookie(age: timedelta, tokens: TokenSettings) -> Oddity:
    refresh = Duration("JWT_REFRESH_EXPIRES_IN", tokens.refresh_lifetime)
    advice = "it has no effect, for the cookie goes with its token; leave it empty"
    return _longer(Duration("COOKIE_REFRESH_MAX_AGE", age), refresh, advice)
