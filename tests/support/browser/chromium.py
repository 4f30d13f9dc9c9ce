"""The Chromium of the system, driven by playwright; nothing is downloaded."""

import os
import shutil

import pytest

NEEDED = os.environ.get("CI_NEEDS_CHROMIUM") == "true"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "there is no chromium on the PATH (Debian: apt-get install chromium): no page is tested in a browser"


def require_chromium():
    """Skip what needs a browser, where there is none; CI, which has installed one, must not."""
    if CHROMIUM is None:
        (pytest.fail if NEEDED else pytest.skip)(MISSING)


def launch(playwright):
    return playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"])
