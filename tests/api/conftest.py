"""More browsers of the people that the tests of the API have."""

import pytest


@pytest.fixture
def another(new_api):
    """Opens another browser of the same user."""
    return lambda: new_api().called("user@example.com").logged_in()


@pytest.fixture
def copy_of(new_api):
    """A browser that holds what another one holds now."""

    def copy(api):
        made = new_api()
        made.refresh_token, made.access_token = api.refresh_token, api.access_token
        return made

    return copy
