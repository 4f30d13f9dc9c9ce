"""The states of a view: each is a function that brings a visitor there, by what is the same in all languages.

There are two pictures of each: a narrow one, dark and German, and a wide one, light and English.
"""

from tests.screenshots.lives import enliven
from tests.screenshots.views import FOLDER, SIZES
from tests.support.browser.views import Visitor

HELD = []  # calls that get no answer before the picture is taken
LOOKS = ((360, "dark", "de"), (1280, "light", "en"))


class States(list):
    """States in the order in which they are taken."""

    def of(self, email, path):
        """Decorates a function that makes a state of `path`, for `email` or for nobody who is logged in."""
        return lambda arrange: self.append((arrange, email, path))


def take(browser, site, states):
    folder = FOLDER / "states"
    folder.mkdir(parents=True, exist_ok=True)
    enliven(site.app)
    for arrange, email, path in states:
        for width, scheme, language in LOOKS:
            viewport = {"width": width, "height": SIZES[width]}
            context = browser.new_context(locale=language, viewport=viewport, color_scheme=scheme)
            visitor = Visitor(context, site)
            if email:
                visitor.logged_in(email)
            arrange(visitor.open(path))
            name = f"{arrange.__name__.replace('_', '-')}-{width}-{scheme}-{language}.png"
            _photograph(visitor.page, folder / name)
            while HELD:
                HELD.pop().abort()
            context.close()
    print(folder)


def _photograph(page, path):
    """Of all of the page, unless something floats above what is seen of it."""
    floating = page.locator("dialog, [role=status]:not(:empty)").count() > 0
    page.screenshot(path=path, full_page=not floating)


def send(page, within="main", **values):
    """Fill in the form that has these fields, and submit it."""
    for name, value in values.items():
        page.locator(f"{within} input[name={name}]").fill(value)
    page.locator(f"{within} form:has(input[name={name}]) .actions button:not([type])").click()


def answer(page, path, status, **body):
    """Answer calls of `path` in the place of the API."""
    body = {"status": status, "message": "", **body}
    page.route(f"**{path}", lambda route: route.fulfill(status=status, json=body, headers={"Retry-After": "45"}))


def hold(page, path):
    """Answer no call of `path` before the picture is taken, as a slow network does."""
    page.route(f"**{path}", lambda route: HELD.append(route))


def wait(page):
    """Wait for as long as people do until they notice it."""
    page.wait_for_timeout(1500)


def follow(page, view):
    """Go to another view by the navigation."""
    page.locator(f"nav a[href$='/{view}']").click()
