"""What axe complains about in a page."""

from axe_playwright_python.base import AXE_SCRIPT

RUN = "axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)"


def complaints(page):
    """All of its rules count, those of WCAG 2.2 AA and those of good practice."""
    if page.evaluate("window.axe === undefined"):
        page.evaluate(AXE_SCRIPT)
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in page.evaluate(RUN)]
