"""What axe complains about in a page."""

from axe_playwright_python.sync_playwright import Axe


def complaints(page):
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in Axe().run(page).response["violations"]]
