"""The Chromium of the system, driven by playwright; nothing is downloaded."""

import os
import shutil

import pytest

NEEDED = os.environ.get("CI_NEEDS_CHROMIUM") == "true"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "there is no chromium on the PATH (Debian: apt-get install chromium): no page is tested in a browser"
# Each window loads two pages of Chromium's own for the list below the address bar, which cost as much as a short test.
UNSEEN = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup")
# The last list counts, so this one repeats what playwright turns off.
BY_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
)
OPTIONS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--in-process-gpu",  # there is none: what would draw for it costs less as a thread
    f"--disable-features={','.join(BY_PLAYWRIGHT + UNSEEN)}",
)


def require_chromium():
    """Skip what needs a browser, where there is none; CI, which has installed one, must not."""
    if CHROMIUM is None:
        (pytest.fail if NEEDED else pytest.skip)(MISSING)


def launch(playwright):
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
