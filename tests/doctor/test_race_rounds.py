"""Each claim about parallel refreshes can fail."""

import pytest

from auth_service.doctor.findings import Level
from auth_service.doctor.races.live_service import Answer
from auth_service.doctor.races.rounds import Round, assess

OK, _, _, FAILED = Level


WON, LOST = Answer(200, {}, "next"), Answer(401, {"code": "refresh_superseded"})
WORKS = Answer(204, {})


def assessed(answers, verified=WORKS):
    played = [Round("token", [WON, LOST], WORKS, 0.0), Round("next", answers, verified, 0.0)]
    return [each.level for each in assess(played)]


@pytest.mark.parametrize(
    ("answers", "verified", "expected"),
    [
        ([WON, LOST, LOST], WORKS, [OK, OK, OK, OK]),
        ([WON, WON, LOST], WORKS, [OK, OK, OK, OK]),  # a grace: one and the same successor
        ([WON, Answer(200, {}, "another")], WORKS, [FAILED, OK, OK, OK]),
        ([Answer(200, {}), LOST], WORKS, [FAILED, OK, OK, OK]),
        ([LOST, LOST], WORKS, [FAILED, OK, OK, OK]),
        ([WON, Answer(500, {})], WORKS, [OK, FAILED, OK, OK]),
        ([WON, Answer(401, {"code": "refresh_reused"})], WORKS, [OK, FAILED, OK, OK]),
        ([WON, Answer(401, {"code": "refresh_superseded"}, "")], WORKS, [OK, OK, FAILED, OK]),
        ([WON, LOST], Answer(401, {"code": "reused_token"}), [OK, OK, OK, FAILED]),
    ],
)
def test_a_claim_about_parallel_refreshes_fails_alone(answers, verified, expected):
    assert assessed(answers, verified) == expected
