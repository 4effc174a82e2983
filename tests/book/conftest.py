"""The built book, a server of it, and a browser: each once per test process."""

import os
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from course import book, serve

PAGES = [*book.contents(book.ROOT / "book"), "genindex", "search"]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync --no-first-run"
)


@pytest.fixture(scope="session")
def built() -> Path:
    return Path(book.build().path)


@pytest.fixture(scope="module", params=PAGES)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="session")
def address(built):
    running = serve.server(0, folder=built)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


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
