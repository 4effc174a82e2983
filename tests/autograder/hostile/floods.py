"""Submissions that put out more than anybody can hold: text, pages, raw bytes, errors, messages."""

from .attack import DOUBLE, TOTAL, Attack, function

RIGHT = DOUBLE | TOTAL
BOTH = {"double": 3, "total": 5}

ATTACKS = (
    Attack(
        "endless-lines",
        """
        while True:
            print('x' * 200)
        """,
    ),
    Attack("one-giant-print", "print('x' * 50_000_000)", answers=RIGHT, earns=BOTH),
    Attack(
        "pages",
        """
        from IPython.display import HTML, display
        for _ in range(500):
            display(HTML('<b>x</b>' * 5000))
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "raw-writes",
        """
        import os
        for _ in range(2000):
            os.write(1, b'x' * 10_000)
            os.write(2, b'y' * 10_000)
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "raw-writes-to-the-real-output",
        """
        import sys
        for _ in range(2000):
            sys.__stdout__.write('x' * 10_000)
            sys.__stderr__.write('y' * 10_000)
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack("long-error", "raise ValueError('x' * 50_000_000)", answers=RIGHT, earns=BOTH),
    Attack("long-result", "['x' * 1000] * 100_000", answers=RIGHT, earns=BOTH),
    Attack(
        "messages-to-widgets",
        """
        from ipykernel.comm import Comm
        for _ in range(300):
            Comm(target_name='x', data={'x': 'y' * 100_000})
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "floods-after-its-cell",
        """
        import threading
        def flood():
            while True: print('x' * 1000)
        threading.Thread(target=flood, daemon=True).start()
        """,
    ),
    Attack(
        "next-cells",
        """
        for number in range(200):
            get_ipython().set_next_input('x' * 100_000)
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    function(
        "prints-in-a-call",
        """
        for _ in range(10**5):
            print('x' * 1000)
        return None
        """,
    ),
    function("long-error-of-a-call", "raise ValueError('x' * 50_000_000)"),
    function(
        "pages-in-a-call",
        """
        from IPython.display import HTML, display
        while True:
            display(HTML('x' * 9000))
        """,
    ),
)
