"""Debian's Chromium without a window, for tests and benchmarks."""

import shutil

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


def start(profile, size=(1440, 900), dark=False):
    """A browser that is ready; the caller quits it. Its console is in get_log("browser")."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    assert chromium and driver, "scripts/setup installs them"
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for each in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
                 f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}", "--disable-dev-shm-usage"):
        options.add_argument(each)
    if dark:
        options.add_argument("--force-dark-mode")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    found = webdriver.Chrome(service=Service(driver), options=options)
    # The window's size counts its frame; pages are judged by what they may draw on.
    found.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                          {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False})
    return found
