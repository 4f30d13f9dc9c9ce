"""How a view looks in each language, scheme and width: nothing for axe, nothing sideways, nothing refused."""

import pytest

from auth_service.services.origin.languages import LANGUAGES
from tests.support.browser.axe import complaints
from tests.support.browser.views import overflow

LOOKS = ((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light"))
FIRST, *OTHERS = LANGUAGES
each_language = pytest.mark.parametrize(
    "language", [FIRST, *(pytest.param(each, marks=pytest.mark.edge) for each in OTHERS)]
)


def examine(visitor, language):
    """Look at what is shown, as it is."""
    page = visitor.page
    for width, scheme in LOOKS[:2] if language == FIRST else LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert complaints(page) == [], (width, scheme)
    page.set_viewport_size({"width": 320, "height": 800})
    assert overflow(page) == 0
    assert page.evaluate("violations") == []
    assert (visitor.watch.faults, visitor.watch.foreign) == ([], [])
