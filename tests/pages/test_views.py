"""Every view, in each language, scheme and width: nothing for axe, nothing sideways, nothing from elsewhere."""

import pytest

from tests.support.browser.axe import complaints
from tests.support.browser.looks import each_language, examine
from tests.support.browser.people import ADA, ADMIN, populate
from tests.support.browser.views import ADMINS, ALL, NOBODY, path_of


@each_language
@pytest.mark.parametrize("view", ALL)
def test_nobody_is_kept_out_of(view, language, looks, visit, site):
    user_id = populate(site.app).user_id
    visitor = visit(language)
    if view not in NOBODY:
        visitor.logged_in(ADMIN if view in ADMINS else ADA)
    page = visitor.open(path_of(view, user_id)).page
    assert page.evaluate("document.documentElement.lang") == language
    examine(visitor, looks)
    assert page.locator("h1").count() == 1
    assert "undefined" not in page.locator("body").inner_text()


def test_axe_complains_about_a_field_without_a_label_and_about_faint_text(visit, site):
    page = visit().open("/account/login").page
    page.evaluate("document.querySelector('label').remove()")
    page.evaluate("document.querySelector('h1').style.color = '#ccc'")
    assert {"label", "color-contrast"} <= {rule for rule, _ in complaints(page)}
