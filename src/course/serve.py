"""Serve the built book from this machine, text compressed, with the standard library only."""

import errno
import functools
import gzip
import http.server
import io
from pathlib import Path

from course.book import HTML

__all__ = ["Handler", "ServeError", "serve", "server"]

TEXT = (".html", ".css", ".js", ".json", ".svg", ".md", ".ipynb", ".txt")


class ServeError(Exception):
    """The book cannot be served; the message says why."""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files of one folder; text is sent as gzip to browsers that take it."""

    protocol_version = "HTTP/1.1"

    def send_head(self):
        """Answer with the headers and return the body as an open file, or None where there is none."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path /= "index.html"
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepted and path.is_file() and path.suffix in TEXT) or "If-Modified-Since" in self.headers:
            return super().send_head()
        body = _compressed(path, path.stat().st_mtime_ns)
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", self.date_time_string(path.stat().st_mtime))
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, *arguments):
        """Say nothing."""


@functools.lru_cache(maxsize=256)
def _compressed(path: Path, changed: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=6)


def server(port: int, host: str = "127.0.0.1", folder: Path = HTML) -> http.server.ThreadingHTTPServer:
    """Return a server of `folder`, not yet running; port 0 takes any free one.

    Raises
    ------
    ServeError
        When the book is not built or the port cannot be used.
    """
    if not (folder / "index.html").is_file():
        raise ServeError(f"There is no book in {folder} yet; build it with: make course")
    try:
        return http.server.ThreadingHTTPServer(
            (host, port), functools.partial(Handler, directory=str(folder))
        )
    except (OSError, OverflowError) as error:
        raise ServeError(_why(error, port)) from error


def _why(error: Exception, port: int) -> str:
    if getattr(error, "errno", None) == errno.EADDRINUSE:
        return f"port {port} is in use; try: make serve PORT={port + 1}"
    return f"port {port} cannot be used ({error}); try: make serve PORT=8001"


def serve(port: int = 8000, host: str = "127.0.0.1") -> None:
    """Serve the book until Ctrl+C."""
    with server(port, host) as running:
        print(f"The book is at http://{host}:{running.server_port}/   (Ctrl+C stops)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print("\nStopped.")
