"""How a view looks in each language, scheme and width: nothing for axe, nothing sideways, nothing refused."""

import pytest

from auth_service.services.origin.languages import LANGUAGES
from tests.support.browser.axe import complaints
from tests.support.browser.views import overflow

FEW = ((360, "light"), (1280, "dark"))
ALL = (*FEW, (360, "dark"), (1280, "light"))
FIRST, *OTHERS = LANGUAGES
each_language = pytest.mark.parametrize(
    ("language", "looks"),
    [
        pytest.param(FIRST, FEW, id=FIRST),
        pytest.param(FIRST, ALL[len(FEW) :], id=f"{FIRST}-others", marks=pytest.mark.edge),
        *(pytest.param(each, ALL, id=each, marks=pytest.mark.edge) for each in OTHERS),
    ],
)


def examine(visitor, looks=FEW):
    """Look at what is shown, as it is, in each of `looks`: a width and a scheme."""
    page = visitor.page
    for width, scheme in looks:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert complaints(page) == [], (width, scheme)
    page.set_viewport_size({"width": 320, "height": 800})
    assert overflow(page) == 0, "it is wider than 320 pixels"
    assert page.evaluate("violations") == [], "the policy refused something"
    assert (visitor.watch.faults, visitor.watch.foreign) == ([], []), "the console, and requests to elsewhere"
