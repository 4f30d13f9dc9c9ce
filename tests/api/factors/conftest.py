"""What the tests of passkeys share with those of the pages."""

from tests.support.browser.fixtures import browser

__all__ = ["browser"]
