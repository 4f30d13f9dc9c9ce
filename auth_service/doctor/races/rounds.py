"""Assesses rounds of parallel refreshes of one token."""

from collections.abc import Iterator
from dataclasses import dataclass

from auth_service.doctor.findings import Finding, claim
from auth_service.doctor.races.live_service import Answer, counted


@dataclass(frozen=True, slots=True)
class Round:
    """Parallel refreshes of one `token`, finished at `ended` (seconds of the monotonic clock).

    `verified` is the answer to verifying the session's newest access token afterwards.
    """

    token: str | None
    answers: list[Answer]
    verified: Answer
    ended: float

    @property
    def winners(self) -> list[Answer]:
        """The answers with a successor."""
        return [answer for answer in self.answers if answer.status == 200]

    @property
    def losers(self) -> list[Answer]:
        """The answers without one."""
        return [answer for answer in self.answers if answer.status != 200]

    @property
    def successors(self) -> set[str | None]:
        """The refresh tokens that the winners received."""
        return {winner.cookie for winner in self.winners}


def assess(played: list[Round]) -> Iterator[Finding]:
    """The claims about rounds on one chain of tokens, each refreshing the token that the round before produced."""
    answers = [answer for each in played for answer in each.answers]
    yield _one_winner(played)
    expected = [answer for answer in answers if answer.status == 200 or answer.is_refusal("refresh_superseded")]
    title = "the losers are answered refresh_superseded, and there is no server error"
    yield claim(title, len(expected) == len(answers), counted(answers))
    losers = [loser for each in played for loser in each.losers]
    changed = [loser for loser in losers if loser.cookie is not None]
    yield claim("the losers' cookie is left alone", not changed, f"{len(changed)} of {len(losers)} answers set it")
    verified = [each.verified for each in played]
    yield claim("the session is active afterwards", all(answer.status == 204 for answer in verified), counted(verified))


def _one_winner(played: list[Round]) -> Finding:
    """Each round has one successor; with `REFRESH_GRACE` several answers may carry it."""
    title = f"of {len(played[0].answers)} parallel refreshes of one token exactly one wins"
    wrong = [each for each in played if len(each.successors) != 1 or not all(each.successors)]
    if wrong:
        first = wrong[0]
        answers = f"{counted(first.answers)}, {len(first.successors)} different cookies"
        return claim(title, False, f"not in {len(wrong)} of {len(played)}: {answers}")
    repeated = sum(len(each.winners) - 1 for each in played)
    repeats = f", and {repeated} answers repeated its successor (REFRESH_GRACE)" if repeated else ""
    return claim(title, True, f"in {len(played)} rounds{repeats}")
