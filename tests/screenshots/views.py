"""All views, in each language, scheme and width."""

from pathlib import Path

from tests.support.api import PASSWORD
from tests.support.browser.people import ADA, ADMIN
from tests.support.browser.views import ADMINS, NOBODY, OWN, Visitor, path_of

FOLDER = Path("instance") / "screenshots"
SIZES = {360: 740, 1280: 800}


def take(browser, site, user_id):
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
