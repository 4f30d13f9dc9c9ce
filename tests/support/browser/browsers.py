"""Browsers that one test hands on to the next: to make one costs more than most tests do with it.

Whoever gets one finds it as it was made, but for its cache, which holds the files of the pages: those never change.
"""

from collections import defaultdict

from tests.support.browser.views import Visitor, Watch

SIZE = {"width": 1280, "height": 720}  # of a new page
FORGET = "localStorage.clear(), sessionStorage.clear()"


class Browsers:
    """Those of a test worker, by the language of their users."""

    def __init__(self, browser):
        self._browser = browser
        self._idle, self._used = defaultdict(list), []

    def visitor(self, language, site):
        """Somebody who is not logged in, at a browser that nobody else uses."""
        idle = self._idle[language]
        visitor = idle.pop() if idle else self._new(language)
        self._used.append((language, visitor))
        visitor.site = visitor.watch.site = site
        return visitor

    def clean(self):
        """Take back what was lent, and make it new."""
        while self._used:
            language, visitor = self._used.pop()
            tab = emptied(visitor.context)
            if tab.viewport_size != SIZE:
                tab.set_viewport_size(SIZE)
            tab.emulate_media(color_scheme="null", reduced_motion="null")
            visitor.watch.clear()
            self._idle[language].append(visitor)

    def _new(self, language):
        context = self._browser.new_context(locale=language, viewport=SIZE)
        context.set_default_timeout(20_000)
        visitor = Visitor(context)
        visitor.watch = Watch(context)
        return visitor


def emptied(context):
    """The one tab that stays open in it; it remembers nothing of what was done there."""
    tab, *others = context.pages or [context.new_page()]
    for other in others:
        other.close()
    if tab.url.startswith("http"):
        tab.evaluate(FORGET)
    tab.goto("about:blank")
    context.clear_cookies()
    return tab
