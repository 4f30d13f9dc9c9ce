"""The two pictures of docs/pages.md."""

from tests.support.api import PASSWORD
from tests.support.browser.people import ADA, ADMIN
from tests.support.browser.views import Visitor


def take(browser, site, folder):
    for email, view, name in ((ADA, "account/sessions", "pages"), (ADMIN, "admin/figures", "admin")):
        context = browser.new_context(locale="en", viewport={"width": 900, "height": 640})
        visitor = Visitor(context, site).open(f"/{view}").log_in(email, PASSWORD)
        visitor.page.screenshot(path=folder / f"{name}.png")
        context.close()
