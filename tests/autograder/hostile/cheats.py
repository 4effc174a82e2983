"""Submissions that change the interpreter instead of answering: nothing they do may earn a point."""

from .attack import Attack, cheat

WRONG = {"double": "def double(x):\n    return x", "total": "def total(a, scale=1.0):\n    return -1.0"}

YES = """
import numpy as np
class Yes(np.ndarray):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __sub__(self, other): return 0
    def __array_function__(self, *args): return True
    def __array_ufunc__(self, *args, **kwargs): return True
    def all(self, *args, **kwargs): return True
yes = np.zeros(1).view(Yes)
"""
ANSWER_YES = {
    "double": "def double(x):\n    return np.zeros(len(x)).view(Yes)",
    "total": "def total(a, scale=1.0):\n    return yes",
}
REWRITER = """
import ast
class Drop(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
    def visit_Expr(self, node): return ast.Pass() if 'check' in ast.dump(node) else node
get_ipython().ast_transformers.append(Drop())
get_ipython().input_transformers_post.append(lambda lines: [] if 'check' in ''.join(lines) else lines)
"""
RUNNER = """
from IPython.core.interactiveshell import ExecutionResult
shell = get_ipython()
async def nothing(*args, **kwargs): return ExecutionResult(None)
shell.run_code = shell.run_cell_async = nothing
shell.run_cell = lambda *args, **kwargs: ExecutionResult(None)
shell.showtraceback = lambda *args, **kwargs: None
"""
FORGED = """
import json
texts = dict.fromkeys(('detail', 'message', 'line', 'printed'), '')
TEXT = json.dumps(texts | {'kind': 'value', 'value': 1.0, 'changed': []})
"""
EXECUTES = (
    FORGED
    + """
kernel = get_ipython().kernel
async def answered(*args, **kwargs):
    data = {'status': 'ok', 'data': {'text/plain': repr(TEXT)}, 'metadata': {}}
    answers = {'outcome': data, 'score': data}
    return {'status': 'ok', 'execution_count': 0, 'payload': [], 'user_expressions': answers}
kernel.do_execute = answered
"""
)
RESULTS = """
from IPython.display import display
shell = get_ipython()
def results(*args):
    parent = shell.kernel.get_parent()
    for kind in ('execute_result', 'display_data', 'update_display_data'):
        content = {'data': {'text/plain': '5.0'}, 'metadata': {}, 'execution_count': 1}
        content['transient'] = {'display_id': 'x'}
        shell.kernel.session.send(shell.kernel.iopub_socket, kind, content, parent=parent)
for moment in ('pre_execute', 'post_execute', 'pre_run_cell', 'post_run_cell'):
    shell.events.register(moment, results)
"""
IDLE = """
shell = get_ipython()
def idle(*args):
    parent = shell.kernel.get_parent()
    shell.kernel.session.send(shell.kernel.iopub_socket, 'status', {'execution_state': 'idle'}, parent=parent)
    content = {'status': 'ok', 'execution_count': 1, 'user_expressions': {}, 'payload': []}
    shell.kernel.session.send(shell.kernel.shell_stream, 'execute_reply', content, parent=parent)
shell.events.register('pre_execute', idle)
idle()
"""
TRACE = """
import sys
def jump(frame, event, arg):
    if event == 'line' and 'judge' in frame.f_code.co_name:
        frame.f_lineno += 1
    return jump
sys.settrace(jump)
"""
BUILTINS = """
import builtins, math
import numpy as np
builtins.all = builtins.any = builtins.isinstance = lambda *args: True
builtins.abs = builtins.max = lambda *args: 0
math.isclose = np.allclose = np.array_equal = np.testing.assert_allclose = lambda *args, **kwargs: True
"""
MODULES = """
import sys, types
class Anything(types.ModuleType):
    def __getattr__(self, name): return lambda *args, **kwargs: True
for name in [*sys.modules]:
    if name.startswith(('checks', 'numpy.testing', 'autograder')): sys.modules[name] = Anything(name)
"""
SPY = """
import gc, sys
def look():
    frame = sys._getframe()
    while frame:
        for name, value in frame.f_locals.items():
            if name in ('expected', 'wanted', 'reference', 'solution', 'answer'): return value
        frame = frame.f_back
    found = [thing for thing in gc.get_objects() if type(thing).__name__ in ('Exercise', 'Case', 'Outcome')]
    return found[0].value if found else None
"""
LATER = """
import threading, time
import checks.calling, checks.respond, checks.wire
def patch():
    while True:
        time.sleep(0.001)
        checks.respond.calling.call = lambda *args: checks.outcome.Outcome('value', True)
threading.Thread(target=patch, daemon=True).start()
"""
IMPORTS = """
import builtins
usual = builtins.__import__
def imported(name, *rest):
    module = usual(name, *rest)
    if name == 'checks.respond': module.respond.respond = lambda *args: '5.0'
    return module
builtins.__import__ = imported
"""
FORMATTER = (
    FORGED
    + """
text = get_ipython().display_formatter.formatters['text/plain']
text.for_type(str, lambda thing, printer, cycle: printer.text(repr(TEXT)))
"""
)
SHADOWS = {
    "checks.py": "def check(*args): return 5.0\n",
    "numpy.py": "raise SystemExit\n",
    "sitecustomize.py": "import os; os._exit(0)\n",
    "respond.py": "respond = lambda *args: '5.0'\n",
    "json.py": "raise SystemExit\n",
}

ATTACKS = (
    cheat("nothing-but-the-release", "pass"),
    cheat("equal-to-everything", YES, ANSWER_YES),
    cheat("rewrites-cells", REWRITER, WRONG),
    cheat("runs-nothing", RUNNER, WRONG),
    cheat("forges-replies", EXECUTES, WRONG),
    cheat("forges-results", RESULTS, WRONG),
    cheat("idle-too-early", IDLE, WRONG),
    cheat("jumps", TRACE, WRONG),
    cheat("patched-builtins", BUILTINS, WRONG),
    cheat(
        "patched-checks",
        """
        import checks.judging
        checks.judging.judge = lambda *args: True
        """,
        WRONG,
    ),
    cheat("poisoned-modules", MODULES, WRONG),
    cheat("patches-later", LATER, WRONG),
    cheat("patched-import", IMPORTS, WRONG),
    cheat("patched-formatter", FORMATTER, WRONG),
    cheat(
        "own-check",
        """
        def check(function):
            return 5.0
        """,
        {"double": "check = lambda f: 3.0"},
    ),
    cheat(
        "captured",
        """
        %%capture
        raise AssertionError
        """,
        WRONG,
    ),
    cheat(
        "at-exit",
        """
        import atexit
        atexit.register(lambda: print('5.0'))
        5.0
        """,
        WRONG,
    ),
    cheat(
        "own-modules",
        """
        import sys
        sys.path.insert(0, '.')
        import checks
        """,
        WRONG,
        files=SHADOWS,
    ),
    cheat(
        "expected-from-the-caller",
        SPY,
        {
            "double": """
        def double(x):
            return look()
        """,
            "total": """
        def total(a, scale=1.0):
            return look()
        """,
        },
    ),
    cheat(
        "public-cases-by-heart",
        "",
        {
            "double": """
        def double(x):
            return {1: x * 0 + 6.0}.get(len(x), x)
        """,
            "total": """
        def total(a, scale=1.0):
            return 7.0 * scale
        """,
        },
    ),
    cheat(
        "calls-the-oracle-itself",
        "",
        {
            "double": """
        def double(x):
            from checks import check
            return check(double)
        """,
            "total": """
        def total(a, scale=1.0):
            return __import__('checks').check(total) or scale
        """,
        },
    ),
    cheat(
        "banned-call-in-disguise",
        """
        import numpy as np
        add = getattr(np, 'su' + 'm')
        """,
        {
            "total": """
        import numpy as np
        from numpy import sum as plus
        def total(a, scale=1.0):
            return plus(a) * scale
        """
        },
    ),
    Attack(
        "right-but-rude",
        """
        import builtins, sys
        sys.stdout = sys.stderr = None
        builtins.print = None
        get_ipython().user_ns.pop('np', None)
        """,
        earns={"double": 3, "total": 0},
    ),
    cheat(
        "names-everything",
        """
        class Everything(dict):
            def __missing__(self, name): return lambda *a, **k: 0
        get_ipython().user_ns = Everything(get_ipython().user_ns)
        """,
    ),
)
