"""Plays the rotation protocol against a live service over HTTP, and reports for each claim whether it held.

It registers a throwaway account, which it deletes at the end, whatever happens.
"""

import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from auth_service.doctor.configuration.durations import notation
from auth_service.doctor.findings import Finding, claim
from auth_service.doctor.races.live_service import NO_ANSWER, Account, Answer, LiveService, at_once, counted
from auth_service.doctor.races.rounds import Round, assess

MARGIN = timedelta(seconds=1)  # a replay so long after the end of the window is certainly outside of it

PREFIX_HINT = "a proxy that strips a path names it in X-Forwarded-Prefix, and TRUST_PROXY counts the proxy"


class Unplayable(Exception):
    """A step failed that the game needs, such as registering or logging in; the message names it."""


def play(service: LiveService, *, rounds: int, parallel: int, window: timedelta) -> Iterator[Finding]:
    """Register the account, play, and delete the account; yields each claim as soon as it is decided.

    `window` is the service's `REFRESH_RACE_WINDOW`; `rounds` and `parallel` are as for the command.
    """
    if (first := service.health()).status == NO_ANSWER:
        yield claim("the service", False, f"{service.url} does not answer ({first}): start it, or correct --url")
        return
    account, registered = Account.throwaway(), first
    try:
        registered = service.register(account)
        _require(registered, 201, "registering a throwaway account")
        yield from Protocol(service, account, window).claims(rounds=rounds, parallel=parallel)
    except Unplayable as error:
        yield claim("the protocol can be played", False, str(error))
    finally:
        removed = service.remove(account)
    if registered.status == 201:
        yield claim("the throwaway account is deleted", removed.status == 200, f"{account.email}: {removed}")


class Protocol:
    """The claims about one account: two sessions, one with racing refreshes, then logouts that race with refreshes."""

    def __init__(self, service: LiveService, account: Account, window: timedelta) -> None:
        self._service = service
        self._account = account
        self._window = window

    def claims(self, *, rounds: int, parallel: int) -> Iterator[Finding]:
        """All claims, in the order in which they can be decided.

        Raises:
            Unplayable: logging in, or refreshing the newest token, failed.
        """
        bystander = self._logged_in()
        contested = self._logged_in()
        played = list(self._rounds(contested, rounds, parallel))
        yield from assess(played)
        if played[-1].winners:
            yield from self._replays(played[-1])
        yield self._path(bystander)
        yield self._bystander(bystander)
        yield self._logouts(rounds)

    def _path(self, opened: Answer) -> Finding:
        returns = self._service.gets_back(opened)
        hint = "" if returns else f" and the service is at {self._service.url}: {PREFIX_HINT}"
        return claim("browsers send the cookie back", returns, f"its path is {opened.cookie_path or 'not set'}{hint}")

    def _rounds(self, newest: Answer, rounds: int, parallel: int) -> Iterator[Round]:
        """Play `rounds` rounds, or stop after the first without a winner; `newest` is the session's login."""
        for _ in range(rounds):
            token = newest.cookie
            answers = at_once([partial(self._service.refresh, token)] * parallel)
            ended = time.monotonic()
            winner = next((answer for answer in answers if answer.status == 200), None)
            newest = winner or newest
            yield Round(token, answers, self._service.verify(newest.access_token), ended)
            if winner is None:
                return

    def _replays(self, last: Round) -> Iterator[Finding]:
        """Replay the token of the `last` round inside the window and after it."""
        current = last.winners[0]
        soon = self._service.refresh(last.token)
        verified = self._service.verify(current.access_token)
        harmless = _is_superseded(soon) or (soon.status == 200 and soon.cookie == current.cookie)
        yield claim("a replay within the window is a lost race", harmless, _with_cookie(soon))
        yield claim("and the session stays active", verified.status == 204, str(verified))
        time.sleep(max(0.0, last.ended + (self._window + MARGIN).total_seconds() - time.monotonic()))
        yield from self._theft(last.token, current.cookie)

    def _theft(self, used: str | None, unused: str | None) -> Iterator[Finding]:
        """Replay the `used` refresh token of a session after the window; its `unused` one works until then."""
        current = self._service.refresh(unused)
        _require(current, 200, "refreshing once the window has passed")
        late, again = self._service.refresh(used), self._service.refresh(used)
        hint = f"; a window longer than {notation(self._window)} is given with --window" if _is_superseded(late) else ""
        yield claim("a replay after the window is theft", late.is_refusal("refresh_reused"), f"{late}{hint}")
        after = [self._service.verify(current.access_token), self._service.refresh(current.cookie)]
        ended = all(answer.is_refusal("reused_token") for answer in after)
        yield claim("and ends the session with both its tokens", ended, counted(after))
        yield claim("a later replay is answered with the reason", again.is_refusal("reused_token"), str(again))

    def _bystander(self, opened: Answer) -> Finding:
        refreshed = self._service.refresh(opened.cookie)
        title = "another session of the account goes on"
        if refreshed.is_refusal("cap"):
            return claim(title, True, "not played, for SESSION_MAX_PER_USER allows one session only")
        verified = self._service.verify(refreshed.access_token)
        return claim(title, refreshed.status == 200 and verified.status == 204, counted([refreshed, verified]))

    def _logouts(self, rounds: int) -> Finding:
        races = [self._logout_race() for _ in range(rounds)]
        wrong = [violation for violation in races if violation]
        title = "refresh against logout leaves no token that works"
        return claim(title, not wrong, wrong[0] if wrong else f"{rounds} rounds")

    def _logout_race(self) -> str:
        """Race one refresh against one logout of a new session; the violation, or an empty string."""
        opened = self._logged_in()
        refreshed, out = at_once(
            [lambda: self._service.refresh(opened.cookie), lambda: self._service.log_out(opened.cookie)]
        )
        issued = [opened, refreshed] if refreshed.status == 200 else [opened]
        after = [self._service.verify(answer.access_token) for answer in issued]
        after += [self._service.refresh(answer.cookie) for answer in issued]
        expected = out.status == 200 and refreshed.status in (200, 401)
        if expected and all(answer.status == 401 for answer in after):
            return ""
        return f"refresh {refreshed}, logout {out}, the tokens afterwards: {counted(after)}"

    def _logged_in(self) -> Answer:
        opened = self._service.log_in(self._account)
        _require(opened, 200, "logging in")
        return opened


def _is_superseded(answer: Answer) -> bool:
    return answer.is_refusal("refresh_superseded") and answer.cookie is None


def _with_cookie(answer: Answer) -> str:
    return f"{answer}{'' if answer.cookie is None else ', and it sets a cookie'}"


def _require(answer: Answer, status: int, step: str) -> None:
    if answer.status != status:
        raise Unplayable(f"{step} was answered with {answer}")
