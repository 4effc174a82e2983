import hashlib

from course import book

VENDOR = book.ROOT / "book" / "vendor"


def test_vendored_files_are_those_that_were_fetched():
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    listed = {path: checksum for checksum, path in (line.split("  ") for line in lines)}
    files = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    del files["SHA256SUMS"]
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == listed


def test_every_vendored_folder_holds_its_licence():
    assert [
        folder.name for folder in VENDOR.iterdir() if folder.is_dir() and not (folder / "LICENSE").is_file()
    ] == []


def test_formulas_are_rendered_with_the_katex_whose_style_is_served():
    from sphinxcontrib import katex

    assert f"npm `katex` {katex.katex_version}" in (VENDOR / "README.md").read_text()
