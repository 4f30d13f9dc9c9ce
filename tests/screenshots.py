"""`make screenshots`: pictures of all views of the pages, in each language, scheme and width, in a folder to look at.

With the name of a folder it takes the two pictures of the documentation instead, into that.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from auth_service.development.mongod import Mongod, free_port
from tests.support.api import PASSWORD
from tests.support.applications import build_app
from tests.support.browser.chromium import launch
from tests.support.browser.people import ADA, ADMIN, populate
from tests.support.browser.site import Site
from tests.support.browser.views import ADMINS, NOBODY, OWN, Visitor, path_of
from tests.support.factors.apps import KEY

FOLDER = Path("instance") / "screenshots"
SIZES = {360: 740, 1280: 800}


def main(arguments):
    with (
        tempfile.TemporaryDirectory(prefix="auth_service_screenshots_") as folder,
        Mongod(Path(folder) / "db") as mongod,
    ):
        port = free_port()
        app = _application(mongod, folder, port)
        user_id = populate(app).user_id
        with Site(app, port=port) as site, sync_playwright() as playwright:
            browser = launch(playwright)
            if arguments:
                _for_the_documentation(browser, site, Path(arguments[0]))
            else:
                _all(browser, site, user_id)
            browser.close()


def _application(mongod, folder, port):
    database = mongod.url.replace("/?", "/screenshots?")
    return build_app(
        clock=None,
        APP_ENV="development",
        APP_NAME="Example",
        DB_URL=database,
        LOG_LEVEL="error",
        DATA_KEY=KEY,
        MAIL_URL=f"file:{folder}",
        MAIL_FROM="no-reply@example.com",
        PUBLIC_URL=f"http://localhost:{port}",
    )


def _all(browser, site, user_id):
    FOLDER.mkdir(parents=True, exist_ok=True)
    for email, views in ((None, NOBODY), (ADA, OWN), (ADMIN, ADMINS)):
        for language in ("en", "de"):
            context = browser.new_context(locale=language)
            visitor = Visitor(context, site)
            if email:
                visitor.open("/account").log_in(email, PASSWORD)
            for view in views:
                for width, height in SIZES.items():
                    for scheme in ("light", "dark"):
                        visitor.page.set_viewport_size({"width": width, "height": height})
                        visitor.page.emulate_media(color_scheme=scheme)
                        visitor.open(path_of(view, user_id))
                        name = f"{view.replace('/', '-')}-{width}-{scheme}-{language}.png"
                        visitor.page.screenshot(path=FOLDER / name, full_page=True)
            context.close()
    print(FOLDER)


def _for_the_documentation(browser, site, folder):
    for email, view, name in ((ADA, "account/sessions", "pages"), (ADMIN, "admin/figures", "admin")):
        context = browser.new_context(locale="en", viewport={"width": 900, "height": 640})
        visitor = Visitor(context, site).open(f"/{view}").log_in(email, PASSWORD)
        visitor.page.screenshot(path=folder / f"{name}.png")
        context.close()


if __name__ == "__main__":
    main(sys.argv[1:])
