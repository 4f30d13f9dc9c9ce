"""The views of the pages, by the person who sees them."""

NOBODY = ("account/login", "account/register", "account/invitation")
OWN = tuple(f"account/{each}" for each in ("security", "sessions", "history", "password", "keys", "data"))
ADMINS = ("admin/users", "admin/user", "admin/audit", "admin/figures")
ALL = (*NOBODY, *OWN, *ADMINS)


def path_of(view, user_id="0" * 24):
    return f"/{view}?id={user_id}" if view == "admin/user" else f"/{view}"


class Visitor:
    """Somebody at the pages of a site, in a context of theirs."""

    def __init__(self, context, site):
        self.context, self.site = context, site
        self.page = context.new_page()

    def open(self, path):
        self.page.goto(self.site.url + path)
        return self.settle()

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
