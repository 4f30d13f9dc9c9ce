"""What the tests of serving share."""

import pytest

from tests.support.server import PROGRAMS


@pytest.fixture(params=PROGRAMS, scope="module")
def program(request):
    """Each server that can run the service; what holds for one of them alone names it."""
    return request.param
