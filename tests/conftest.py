"""What all tests share: how they are spread over processes, and a browser, of which a process has one."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync --no-first-run"
)


def pytest_collection_modifyitems(items):
    """Keep the tests of a file in one process, with what it made for them; those of a page, in any."""
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        page = "address" in item.fixturenames and parameters.get("name")
        place = item.path.relative_to(item.config.rootpath).as_posix()
        item.add_marker(pytest.mark.xdist_group(f"{place}-{page}" if page else place))


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
