"""What races of people and programs share."""

import pytest

LONG = pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(1800)])


@pytest.fixture(params=[5, LONG])
def rounds(request):
    """How often a race is run."""
    return request.param
