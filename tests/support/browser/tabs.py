"""Tabs of an application that uses `auth-client.js`: each has a client, `window.client`, and notes what it tells."""

from tests.support.api import PASSWORD

CLIENT = """
window.heard = [];
window.ready = import("{url}/auth-client.js").then(({{ AuthClient }}) => {{
  window.client = new AuthClient({{ base: "{base}" }});
  for (const type of ["signedin", "signedout"])
    client.addEventListener(type, ({{ detail }}) => heard.push([type, detail]));
}});
window.outcome = (promise) => promise.then(
  (value) => ["ok", value], (error) => [error.name, error.code ?? error.message, error.retryAfter]);
true;
"""
NO_LOCKS = 'Object.defineProperty(navigator, "locks", { value: undefined });'
EMAIL = "user@example.com"


class Tabs:
    """The tabs of one browser at a site. Their pages are `/healthz`, which does nothing by itself."""

    def __init__(self, context, site, *, base="", locks=True, page=None):
        self.context, self.site = context, site
        self._address = page or f"{site.url}/healthz"
        self._script = ("" if locks else NO_LOCKS) + CLIENT.format(url=site.url, base=base)

    def open(self, number=1):
        """A new tab, or a list of so many."""
        tabs = [Tab(self._page(), self._address, self._script) for _ in range(number)]
        return tabs if number > 1 else tabs[0]

    def _page(self):
        """The one that is open already, unless it is in use."""
        unused = [page for page in self.context.pages if page.url == "about:blank"]
        return unused[0] if unused else self.context.new_page()


class Tab:
    def __init__(self, page, url, script):
        self.page, self._script = page, script
        page.goto(url)
        self.begin()

    def begin(self):
        """Make the client of a page that has just been loaded."""
        self.page.evaluate(self._script)
        self.page.evaluate("ready.then(() => true)")

    def reload(self):
        self.page.reload()
        self.begin()

    def outcome(self, promise):
        """What becomes of the JavaScript expression `promise`: `["ok", value]`, or the error's name, code and wait."""
        return self.page.evaluate(f"outcome({promise})")

    def start(self, promise):
        """Begin it, and do not wait."""
        self.page.evaluate(f"void (window.started = outcome({promise}))")

    def started(self):
        return self.page.evaluate("started")

    def log_in(self, email=EMAIL, password=PASSWORD):
        answer = self.page.evaluate("([email, password]) => client.logIn(email, password)", [email, password])
        assert answer["ok"], answer
        return self

    def log_out(self):
        self.page.evaluate("client.logOut()")

    def status(self, path, options="{}"):
        """The status of a call with the client, and the code of a refusal."""
        call = f"client.fetch('{path}', {options}).then(async (a) => [a.status, (await a.json()).code ?? null])"
        return self.outcome(call)

    @property
    def heard(self):
        return self.page.evaluate("heard")
