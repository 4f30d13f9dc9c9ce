"""The Chromium of the system, driven by playwright; nothing is downloaded."""

import os
import shutil

import pytest

NEEDED = os.environ.get("CI_NEEDS_CHROMIUM") == "true"
# The shell is the same engine without the windows around it, which cost as much as the pages of a short test.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
MISSING = "no chromium is on the PATH (Debian: apt-get install chromium-headless-shell): no page is tested in a browser"
# There is no graphics processor: what would draw for it costs less as a thread.
OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage", "--in-process-gpu")


def require_chromium():
    """Skip what needs a browser, where there is none; CI, which has installed one, must not."""
    if CHROMIUM is None:
        (pytest.fail if NEEDED else pytest.skip)(MISSING)


def launch(playwright):
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
