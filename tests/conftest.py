"""A browser for all tests of pages: one per test process, as Playwright allows no second one."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync --no-first-run"
)


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        names = ("chromium", "chromium-browser", "google-chrome", playwright.chromium.executable_path)
        found = next(filter(None, map(shutil.which, names)), None)
        if found is None:
            missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            missing("the pages are tested in Chromium: install chromium, or run: playwright install chromium")
        running = playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        yield running
        running.close()
