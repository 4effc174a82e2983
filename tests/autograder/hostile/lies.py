"""Submissions whose kernel answers the oracle with something else than the outcome of a call."""

from .attack import DOUBLE, Attack

REPLY = "import checks.respond\ndef respond(request, namespace):\n    {}\nchecks.respond.respond = respond"
OUTCOME = (
    "import json\nimport checks.respond\n"
    "fields = dict.fromkeys(('detail', 'message', 'line', 'printed'), '')\n"
    "fields |= {{'kind': 'value', 'value': None, 'changed': []}}\n"
    "checks.respond.respond = lambda *args: json.dumps(fields | {})"
)
ARRAY = "{{'value': {{'array': {{'dtype': {!r}, 'shape': {!r}, 'data': {!r}}}}}}}"


def reply(name: str, statement: str) -> Attack:
    """Return an attack that answers each request by one statement."""
    return Attack(f"reply-{name}", REPLY.format(statement))


def outcome(name: str, fields: str) -> Attack:
    """Return an attack that answers each request by an outcome with these fields."""
    return Attack(f"outcome-{name}", OUTCOME.format(fields))


def array(name: str, dtype: str, shape: list, data: str = "") -> Attack:
    """Return an attack that answers each request by an array with this header and these bytes."""
    return outcome(f"array-{name}", ARRAY.format(dtype, shape, data))


ODD_MESSAGES = """
kernel, kind = get_ipython().kernel, {!r}
PAGE = {{"text/plain": 5, "text/html": [5], "image/png": {{}}}}
WRONG = [5, None, [], [5], {{}}, PAGE, {{"a/b": {{"c": 5}}}}]
NAMES = ("name", "text", "data", "metadata", "transient", "ename", "evalue", "traceback",
         "execution_count", "execution_state", "comm_id", "wait", "prompt", "status")
def content(wrong):
    yield {{"name": "stdout", "text": wrong}}
    yield {{"data": wrong, "metadata": {{}}, "execution_count": 1}}
    yield {{"data": {{"text/html": wrong, "text/plain": wrong}}, "metadata": wrong, "execution_count": wrong}}
    yield {{"ename": "E", "evalue": "x", "traceback": wrong}}
    yield {{"ename": wrong, "evalue": wrong, "traceback": ["x"]}}
    yield dict.fromkeys(NAMES, wrong)
for contents in zip(*map(content, WRONG)):
    for each in contents:
        kernel.session.send(kernel.iopub_socket, kind, each, parent=kernel.get_parent())
"""


def odd_messages(kind: str) -> Attack:
    """Return an attack that sends messages of a kind whose content is not what belongs there."""
    return Attack(f"odd-{kind}", ODD_MESSAGES.format(kind))


ATTACKS = (
    reply("true", "return 'true'"),
    reply("number", "return 5.0"),
    reply("nothing", "return None"),
    reply("garbage", "return bytes(range(256)) * 100"),
    reply("nested", "return '[' * 10**6"),
    reply("code", 'return \'__import__("os").system("touch /tmp/pwned")\''),
    reply("pickle", "import pickle; return pickle.dumps(print).decode('latin-1')"),
    reply("huge", "return 'x' * 10**8"),
    reply("items", "return '[' + '0,' * 10**7 + '0]'"),
    reply("digits", "return '9' * 10**6"),
    reply("never", "import time; time.sleep(1e6)"),
    reply("error", "raise MemoryError"),
    outcome("passed", "{'passed': True, 'score': 5.0}"),
    outcome("of-no-kind", "{'kind': 'passed', 'value': True}"),
    outcome("not-a-number", "{'value': {'float': 'nan'}}"),
    outcome("infinite", "{'value': {'float': 'inf'}}"),
    outcome("too-large", "{'value': 10**400}"),
    outcome(
        "long-texts", "{'kind': 'raised', 'detail': 'x' * 10**6, 'message': 'y' * 10**6, 'line': 'z' * 10**6}"
    ),
    outcome("changed", "{'value': 7.0, 'changed': list(range(10**4))}"),
    array("huge", "<f8", [2**31 - 1, 2**31 - 1]),
    array("objects", "|O", [1], "gASVDAAAAAAAAACMCGJ1aWx0aW5zlC4="),
    array("negative", "<f8", [-1]),
    array("many-axes", "<f8", [0] * 100),
    array("truths", "|b1", [1], "/w=="),
    Attack(
        "replies-unasked",
        """
        shell = get_ipython()
        send, parent = shell.kernel.session.send, shell.kernel.get_parent()
        for number in range(2000):
            for kind in ('execute_reply', 'kernel_info_reply', 'shutdown_reply', 'nonsense'):
                send(shell.kernel.shell_stream, kind, {'status': 'ok', 'user_expressions': {}}, parent=parent)
        """,
    ),
    Attack(
        "messages-that-are-none",
        """
        shell = get_ipython()
        for parts in ([b''], [b'x'], [b'<IDS|MSG>'], [b'<IDS|MSG>', b'', b'{', b'{', b'{', b'{']):
            shell.kernel.iopub_socket.send_multipart(parts)
            shell.kernel.shell_stream.send_multipart(parts)
        """,
    ),
    *map(odd_messages, ("stream", "display_data", "update_display_data", "execute_result", "error")),
    *map(odd_messages, ("clear_output", "comm_open", "comm_msg", "input_request", "status", "unheard-of")),
    Attack(
        "right-after-a-lie",
        """
        import checks.respond
        checks.respond.respond = lambda *args: 'true'
        """,
        answers=DOUBLE
        | {
            "total": """
        def total(a, scale=1.0):
            return float(scale * sum(a))
        """
        },
    ),
)
