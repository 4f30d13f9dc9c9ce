"""The views of the pages, by the person who sees them."""

from tests.support.api import REFRESH_COOKIE, Api
from tests.support.user_agents import KNOWN

NOBODY = tuple(f"account/{each}" for each in ("login", "register", "invitation", "forgot", "reset", "registration"))
OF_PEOPLE = ("security", "sessions", "history", "password", "email", "factors", "keys", "data")
OWN = tuple(f"account/{each}" for each in OF_PEOPLE)
ADMINS = ("admin/users", "admin/user", "admin/audit", "admin/figures")
ALL = (*NOBODY, *OWN, *ADMINS)


def path_of(view, user_id="0" * 24):
    return f"/{view}?id={user_id}" if view == "admin/user" else f"/{view}"


class Visitor:
    """Somebody at the pages of a site, in a context of theirs."""

    def __init__(self, context, site=None):
        self.context, self.site = context, site
        self._page = None

    @property
    def page(self):
        self._page = self._page or self.context.new_page()
        return self._page

    def open(self, path):
        self.page.goto(self.site.url + path)
        return self.settle()

    def logged_in(self, email):
        """With the cookie of a login that was made elsewhere, which costs less than one by the page."""
        caller = Api(self.site.app).called(email)
        caller.login(headers={"User-Agent": KNOWN["Chrome on Windows"][0]})
        cookie = {"name": REFRESH_COOKIE, "value": caller.refresh_token, "domain": "localhost", "path": "/auth"}
        self.context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Strict"}])
        return self

    def settle(self):
        """Return when the view is there."""
        self.page.locator("main:not([aria-busy]) h1").wait_for()
        return self

    def log_in(self, email, password="correct horse battery"):
        """From whatever view asks for it."""
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("form button.primary").click()
        self.page.locator("header .who button").wait_for()
        return self.settle()

    @property
    def heading(self):
        return self.page.locator("h1").inner_text()


WATCH = """
window.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective }) => violations.push(violatedDirective));
"""


class Watch:
    """Everything that a browser has to complain about in the pages of a context."""

    def __init__(self, context):
        self.site, self.errors, self.foreign, self.requests = None, [], [], []
        self.dialogs = []
        context.add_init_script(WATCH)
        context.on("dialog", lambda dialog: self.dialogs.append(dialog.message) or dialog.dismiss())
        context.on("console", self._console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        context.on("request", self._request)

    def clear(self):
        for each in (self.errors, self.foreign, self.requests, self.dialogs):
            each.clear()

    @property
    def faults(self):
        """What went wrong, but for calls that the API refused, which a browser counts among the errors, too."""
        return [each for each in self.errors if "the server responded with a status of 4" not in each]

    def _console(self, message):
        # That nobody is logged in is an answer of the API, which a browser counts among the errors.
        if message.type in ("error", "warning") and not message.location["url"].endswith("/auth/refresh"):
            self.errors.append(message.text)

    def _request(self, request):
        self.requests.append(request.url)
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.foreign.append(request.url)


def overflow(page):
    """By how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
