"""The Chromium of the system, driven by playwright; nothing is downloaded."""

import os
import shutil

import pytest

NEEDED = os.environ.get("CI_NEEDS_CHROMIUM") == "true"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "there is no chromium on the PATH (Debian: apt-get install chromium): no page is tested in a browser"
# Each window of Chromium loads two pages of its own for the list below its address bar: half of what a short test costs.
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
OPTIONS = ("--no-sandbox", "--disable-dev-shm-usage", f"--disable-features={','.join(BY_PLAYWRIGHT + UNSEEN)}")


def require_chromium():
    """Skip what needs a browser, where there is none; CI, which has installed one, must not."""
    if CHROMIUM is None:
        (pytest.fail if NEEDED else pytest.skip)(MISSING)


def launch(playwright):
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
