"""Submissions that end their kernel, or try to end more than that, or leave something running."""

from .attack import Attack, function

DAEMON = """
import os, subprocess, sys
if not os.fork():
    os.setsid()
    if not os.fork():
        subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', MARK], start_new_session=True)
    os._exit(0)
os.wait()
"""

ATTACKS = (
    Attack(
        "exit",
        """
        import os
        os._exit(0)
        """,
    ),
    Attack(
        "abort",
        """
        import os
        os.abort()
        """,
    ),
    Attack(
        "segfault",
        """
        import ctypes
        ctypes.string_at(0)
        """,
    ),
    Attack(
        "sys-exit",
        """
        import sys
        sys.exit(0)
        """,
    ),
    Attack("quit", "exit()"),
    Attack(
        "kills-its-parent",
        """
        import os, signal
        os.kill(os.getppid(), signal.SIGKILL)
        """,
    ),
    Attack(
        "kills-everything",
        """
        import os, signal
        os.kill(-1, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
        """,
    ),
    Attack(
        "kills-by-number",
        """
        import os, signal
        for pid in range(2, 70_000):
            try: os.kill(pid, signal.SIGKILL)
            except OSError: pass
        """,
    ),
    Attack(
        "kills-its-group",
        """
        import os, signal
        os.killpg(0, signal.SIGKILL)
        """,
    ),
    Attack("shuts-down", "get_ipython().kernel.do_shutdown(False)"),
    Attack(
        "stops-its-loop",
        """
        import asyncio
        asyncio.get_running_loop().stop()
        """,
    ),
    Attack(
        "closes-everything",
        """
        import os
        os.closerange(0, 4096)
        """,
    ),
    Attack(
        "becomes-another-program",
        """
        import os
        os.execv('/bin/sleep', ['sleep', '600'])
        """,
    ),
    Attack("leaves-a-daemon", DAEMON),
    function(
        "exit-in-a-call",
        """
        import os
        os._exit(0)
        """,
    ),
    function("sys-exit-in-a-call", "raise SystemExit"),
    function("interrupt-in-a-call", "raise KeyboardInterrupt"),
    function(
        "exit-in-the-answer",
        """
        class Leaves:
            def __array__(self, *rest): exit()
        return [Leaves()]
        """,
    ),
    function(
        "fork-in-a-call",
        """
        import os
        os.fork()
        return float(len(a))
        """,
    ),
)
