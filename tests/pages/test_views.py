"""Every view, in each language, scheme and width: nothing for axe, nothing sideways, nothing from elsewhere."""

import pytest

from auth_service.services.origin.languages import LANGUAGES
from tests.support.browser.axe import complaints
from tests.support.browser.people import ADA, ADMIN, populate
from tests.support.browser.views import ADMINS, ALL, NOBODY, overflow, path_of

LOOKS = ((360, "light"), (1280, "dark"), (360, "dark"), (1280, "light"))
FIRST, *OTHERS = LANGUAGES
SMALLEST = 320


@pytest.mark.parametrize("language", [FIRST, *(pytest.param(each, marks=pytest.mark.edge) for each in OTHERS)])
@pytest.mark.parametrize("view", ALL)
def test_nobody_is_kept_out_of(view, language, visit, site):
    user_id = populate(site.app).user_id
    visitor = visit(language)
    if view not in NOBODY:
        visitor.logged_in(ADMIN if view in ADMINS else ADA)
    page = visitor.open(path_of(view, user_id)).page
    assert page.evaluate("document.documentElement.lang") == language
    for width, scheme in LOOKS[:2] if language == FIRST else LOOKS:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert complaints(page) == [], (width, scheme)
    page.set_viewport_size({"width": SMALLEST, "height": 800})
    assert overflow(page) == 0
    assert page.evaluate("violations") == []
    assert (visitor.watch.errors, visitor.watch.foreign) == ([], [])
    assert page.locator("h1").count() == 1
    assert "undefined" not in page.locator("body").inner_text()


def test_axe_complains_about_a_field_without_a_label_and_about_faint_text(visit, site):
    page = visit().open("/account/login").page
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert {"label", "color-contrast"} <= {rule for rule, _ in complaints(page)}
