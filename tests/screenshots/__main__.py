"""`make screenshots`: pictures of the pages, to look at.

Without an argument: of all views, in each language, scheme and width. With `states`: of what views turn into, such as
an error, a dialog or an empty list. With the name of a folder: the two of the documentation, into that.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from auth_service.development.mongod import Mongod, free_port
from tests.screenshots import dialogs, documentation, lists, stage, views, waiting
from tests.support.applications import build_app
from tests.support.browser.chromium import launch
from tests.support.browser.people import populate
from tests.support.browser.site import Site
from tests.support.factors.apps import KEY


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
            match arguments:
                case []:
                    views.take(browser, site, user_id)
                case ["states"]:
                    stage.take(browser, site, [*lists.STATES, *waiting.STATES, *dialogs.STATES])
                case [name]:
                    documentation.take(browser, site, Path(name))
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
        SESSION_MAX_PER_USER=20,
        MAIL_URL=f"file:{folder}",
        MAIL_FROM="no-reply@example.com",
        PUBLIC_URL=f"http://localhost:{port}",
    )


if __name__ == "__main__":
    main(sys.argv[1:])
