"""Looks through a feedback page for anything that acts: scripts, handlers, what is fetched from outside."""

from html.parser import HTMLParser

__all__ = ["active_parts"]

FOREIGN = ("pwned", "evil.example")
FETCHING = {"iframe", "object", "embed", "base", "form", "frame", "portal"}


def active_parts(page: str) -> list[str]:
    """Return what in a page would run, or be fetched, when somebody opens it and is a student's.

    nbconvert's own scripts are known by holding nothing foreign; ``pwned`` and ``evil.example`` are what the
    attacks call.
    """
    found = _Found()
    found.feed(page)
    found.close()
    return found.parts


class _Found(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in ("script", "style") else self.inside
        if tag in FETCHING:
            self.parts.append(f"<{tag}>")
        for name, value in attributes:
            value = "".join((value or "").split()).lower()
            acts = name.startswith("on") or value.startswith(("javascript:", "vbscript:", "data:text/html"))
            if acts or (any(word in value for word in FOREIGN) and name not in ("title", "alt")):
                self.parts.append(f"<{tag} {name}={value[:60]!r}>")

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag == self.inside else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside and any(word in data for word in FOREIGN):
            self.parts.append(f"<{self.inside}> {data[:60]!r}")
