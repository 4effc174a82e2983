"""Submissions that never come to an end: in a cell, in a call, in compiled code, deaf to interrupts."""

from .attack import DOUBLE, TOTAL, Attack, function

RIGHT = DOUBLE | TOTAL
BOTH = {"double": 3, "total": 5}

ATTACKS = (
    Attack(
        "loop",
        """
        while True:
            pass
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "loop-that-swallows",
        """
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
    ),
    Attack(
        "deaf",
        """
        import signal
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True: pass
        """,
    ),
    Attack(
        "blocked-signals",
        """
        import signal
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        while True: pass
        """,
    ),
    Attack(
        "regular-expression",
        """
        import re
        re.match(r'(a+)+$', 'a' * 60 + 'b')
        """,
    ),
    Attack(
        "endless-iterator",
        """
        from collections import deque
        from itertools import repeat
        deque(repeat(0), 0)
        """,
    ),
    Attack(
        "stopped",
        """
        import os, signal
        os.kill(os.getpid(), signal.SIGSTOP)
        """,
    ),
    Attack(
        "blocked-between-cells",
        """
        import asyncio, time
        asyncio.get_running_loop().call_later(0.05, time.sleep, 1e6)
        """,
    ),
    Attack(
        "never-awaited",
        """
        import asyncio
        await asyncio.sleep(1e6)
        """,
    ),
    Attack("asks", "input('the answer? ')", answers=RIGHT, earns=BOTH),
    Attack(
        "shown-for-ever",
        """
        class Shown:
            def _repr_html_(self):
                while True: pass
        Shown()
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "does-not-leave",
        """
        import atexit, threading, time
        atexit.register(time.sleep, 1e6)
        threading.Thread(target=time.sleep, args=(1e6,)).start()
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "just-under-the-limit",
        """
        import time
        time.sleep(2.5)
        """,
        cells=("time.sleep(2.5)",) * 12,
    ),
    function(
        "call-that-loops",
        """
        while True:
            pass
        """,
    ),
    function(
        "call-that-swallows",
        """
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
    ),
    function(
        "call-in-compiled-code",
        """
        from itertools import repeat
        return sum(repeat(0))
        """,
    ),
    function(
        "answer-without-end",
        """
        class Endless(list):
            def __iter__(self):
                while True: yield 1.0
        return Endless()
        """,
    ),
    function(
        "answer-that-computes-for-ever",
        """
        class Late:
            def __array__(self, *args, **kwargs):
                while True: pass
        return Late()
        """,
    ),
    function(
        "error-that-tells-for-ever",
        """
        class Long(Exception):
            def __str__(self):
                while True: pass
        raise Long
        """,
    ),
    Attack(
        "wrapped-in-itself",
        answers=DOUBLE
        | {
            "total": """
        def total(a): return 1.0
        total.__wrapped__ = total
        """
        },
    ),
)
