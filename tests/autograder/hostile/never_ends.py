"""Submissions that never come to an end: in a cell, in a call, in compiled code, deaf to interrupts."""

from .attack import DOUBLE, TOTAL, Attack, function

RIGHT = DOUBLE | TOTAL
BOTH = {"double": 3, "total": 5}

ATTACKS = (
    Attack("loop", "while True:\n    pass", answers=RIGHT, earns=BOTH),
    Attack(
        "loop-that-swallows",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ),
    Attack("deaf", "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"),
    Attack(
        "blocked-signals",
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
    ),
    Attack("regular-expression", "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')"),
    Attack(
        "endless-iterator", "from collections import deque\nfrom itertools import repeat\ndeque(repeat(0), 0)"
    ),
    Attack("stopped", "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)"),
    Attack(
        "blocked-between-cells",
        "import asyncio, time\nasyncio.get_running_loop().call_later(0.05, time.sleep, 1e6)",
    ),
    Attack("never-awaited", "import asyncio\nawait asyncio.sleep(1e6)", answers=RIGHT, earns=BOTH),
    Attack("asks", "input('the answer? ')", answers=RIGHT, earns=BOTH),
    Attack(
        "shown-for-ever",
        "class Shown:\n    def _repr_html_(self):\n        while True: pass\nShown()",
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "does-not-leave",
        "import atexit, threading, time\natexit.register(time.sleep, 1e6)\n"
        "threading.Thread(target=time.sleep, args=(1e6,)).start()",
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "just-under-the-limit",
        "import time\ntime.sleep(2.5)",
        cells=("time.sleep(2.5)",) * 12,
    ),
    function("call-that-loops", "while True:\n    pass"),
    function(
        "call-that-swallows",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ),
    function("call-in-compiled-code", "from itertools import repeat\nreturn sum(repeat(0))"),
    function(
        "answer-without-end",
        "class Endless(list):\n    def __iter__(self):\n        while True: yield 1.0\nreturn Endless()",
    ),
    function(
        "answer-that-computes-for-ever",
        "class Late:\n    def __array__(self, *args, **kwargs):\n        while True: pass\nreturn Late()",
    ),
    function(
        "error-that-tells-for-ever",
        "class Long(Exception):\n    def __str__(self):\n        while True: pass\nraise Long",
    ),
    Attack(
        "wrapped-in-itself",
        answers=DOUBLE | {"total": "def total(a): return 1.0\ntotal.__wrapped__ = total"},
    ),
)
