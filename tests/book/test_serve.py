import gzip
import http.client
import socket
import threading

import pytest

from course import serve


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "index.html").write_text("<h1>Book</h1>" * 100, encoding="utf-8")
    (tmp_path / "font.woff2").write_bytes(bytes(range(256)))
    return tmp_path


@pytest.fixture
def get(folder):
    running = serve.server(0, folder=folder)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()

    def fetch(path, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", running.server_port)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    yield fetch
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.mark.parametrize("path", ["/", "/index.html", "/index.html?v=1"])
def test_text_is_compressed(get, folder, path):
    answer, body = get(path, **{"Accept-Encoding": "gzip"})
    assert answer.getheader("Content-Encoding") == "gzip"
    assert answer.getheader("Content-Type") == "text/html"
    assert gzip.decompress(body) == (folder / "index.html").read_bytes()


def test_text_is_plain_for_whoever_does_not_ask(get, folder):
    answer, body = get("/")
    assert answer.getheader("Content-Encoding") is None
    assert body == (folder / "index.html").read_bytes()


def test_what_is_small_already_is_sent_as_it_is(get):
    answer, body = get("/font.woff2", **{"Accept-Encoding": "gzip"})
    assert answer.getheader("Content-Encoding") is None
    assert body == bytes(range(256))


def test_a_changed_file_is_served_anew(get, folder):
    get("/", **{"Accept-Encoding": "gzip"})
    (folder / "index.html").write_text("new and longer" * 200, encoding="utf-8")
    _, body = get("/", **{"Accept-Encoding": "gzip"})
    assert gzip.decompress(body).startswith(b"new")


@pytest.mark.parametrize("path", ["/none.html", "/../secret", "/%2e%2e/secret"])
def test_what_is_not_in_the_book_is_not_found(get, folder, path):
    (folder.parent / "secret").write_text("secret")
    answer, _ = get(path, **{"Accept-Encoding": "gzip"})
    assert answer.status == 404


def test_a_port_in_use_is_said_with_another_to_try(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(serve.ServeError, match=f"port {port} is in use; try: make serve PORT={port + 1}"):
            serve.server(port, folder=folder)


def test_a_port_that_does_not_exist_is_said(folder):
    with pytest.raises(serve.ServeError, match="port 70000 cannot be used"):
        serve.server(70000, folder=folder)


def test_a_book_that_is_not_built_is_said(tmp_path):
    with pytest.raises(serve.ServeError, match="build it with: make course"):
        serve.server(0, folder=tmp_path)
