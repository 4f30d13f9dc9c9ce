"""What the tests of serving share."""

import pytest

from tests.support.server import PROGRAMS

SUPPORTED = "gunicorn"
OTHERS = [pytest.param(each, marks=pytest.mark.edge) for each in PROGRAMS if each != SUPPORTED]


@pytest.fixture(params=[SUPPORTED, *OTHERS], scope="module")
def program(request):
    """Each server that can run the service; what holds for one of them alone names it."""
    return request.param
