"""The files that every page loads: the palette and the explorers' style are added, unused scripts dropped."""

from pathlib import Path

from convnets import palette, widgets

__all__ = ["setup"]


def setup(app):
    """Connect to Sphinx."""
    app.connect("builder-inited", add_vendored)
    app.connect("builder-inited", add_palette)
    app.connect("html-page-context", choose_scripts, priority=900)


def add_vendored(app):
    """Serve ``book/vendor``; Jupyter Book would load all of it on every page if it lay in ``_static``."""
    vendor = Path(app.srcdir) / "vendor"
    if vendor.is_dir():
        app.config.html_static_path.append(str(vendor))


def add_palette(app):
    """Write the colours and the explorers' style from their one source, and load them before other styles."""
    folder = Path(app.doctreedir).parent / ".palette"
    folder.mkdir(parents=True, exist_ok=True)
    explorers = Path(widgets.__file__).with_name("base.css").read_text(encoding="utf-8")
    (folder / "palette.css").write_text(palette.css() + explorers, encoding="utf-8")
    app.config.html_static_path.append(str(folder))
    app.add_css_file("palette.css", priority=400)


def choose_scripts(app, pagename, templatename, context, doctree):
    """Drop what only live code needs (thebe), and let all scripts wait for the page."""
    scripts = [script for script in context.get("script_files", ()) if not _is_thebe(script)]
    if pagename != "search":  # the search page runs its scripts while it is read
        scripts = [_defer(script) for script in scripts]
    context["script_files"] = scripts
    context["css_files"] = [style for style in context.get("css_files", ()) if not _is_thebe(style)]


def _is_thebe(asset):
    name = str(getattr(asset, "filename", asset) or "")
    return "thebe" in name or "THEBE_JS_URL" in getattr(asset, "attributes", {}).get("body", "")


def _defer(script):
    name = str(script.filename or "")
    if not name or "documentation_options" in name or "async" in script.attributes:
        return script
    attributes = {**script.attributes, "defer": "defer"}  # a copy: pages share the objects
    return type(script)(script.filename, priority=script.priority, **attributes)
