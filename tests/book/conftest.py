"""The built book and a server of it: each once per test process."""

import threading
from pathlib import Path

import pytest

from course import book, serve

PAGES = [*book.contents(book.ROOT / "book"), "genindex", "search"]


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
