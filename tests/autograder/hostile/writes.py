"""Submissions that change what is not theirs: the grader, its home, the gradebook, other submissions."""

from .attack import DOUBLE, TOTAL, Attack

RIGHT = DOUBLE | TOTAL
BOTH = {"double": 3, "total": 5}

WRITE = """
import os
def put(*paths):
    for path in paths:
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'a') as file:
                file.write('raise SystemExit\\n')
        except OSError:
            pass
"""

ATTACKS = (
    Attack(
        "start-up-files",
        WRITE + "put(*(f'{HOME}/{name}' for name in ('.bashrc', '.profile', '.ipython/x.py')))",
    ),
    Attack(
        "packages",
        WRITE + "import checks, numpy, site\nput(checks.__file__, numpy.__file__)\n"
        "put(*(f'{folder}/hostile.pth' for folder in site.getsitepackages()))",
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "gradebook-rows",
        """
        import sqlite3
        try:
            book = sqlite3.connect(f'{COURSE}/gradebook.db')
            book.execute('update grade set manual_score = 5')
            book.commit()
        except sqlite3.Error: pass
        """,
    ),
    Attack(
        "classmates-work",
        WRITE + "import glob\nput(f'{CLASSMATE}/tiny.ipynb', *glob.glob(f'{COURSE}/submitted/*/*/*'))",
    ),
    Attack(
        "contracts",
        WRITE + "put(f'{SOLUTIONS}/tiny/exercises.py', f'{COURSE}/release/tiny/tiny.ipynb')",
    ),
    Attack(
        "outside",
        WRITE
        + "put(f'{OUTSIDE}/{MARK}', f'/tmp/{MARK}', f'/dev/shm/{MARK}', f'/var/tmp/{MARK}', f'/{MARK}')",
    ),
    Attack(
        "its-folder",
        """
        import os, shutil
        shutil.rmtree(os.getcwd(), ignore_errors=True)
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "everything",
        """
        import shutil
        for folder in (COURSE, HOME, OUTSIDE, CLASSMATE, '/tmp', '/home'):
            shutil.rmtree(folder, ignore_errors=True)
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "swaps-its-notebook",
        """
        import os
        for name in ('tiny.ipynb', f'{COURSE}/autograded/{MARK}/tiny/tiny.ipynb'):
            try:
                os.path.lexists(name) and os.unlink(name)
                os.symlink(f'{CLASSMATE}/tiny.ipynb', name)
            except OSError: pass
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "mounts",
        """
        import ctypes, os
        libc = ctypes.CDLL(None)
        libc.unshare(0x10020000)
        print(libc.umount2(b'/tmp', 2), libc.mount(b'none', b'/mnt', b'tmpfs', 0, None))
        print(libc.mount(None, b'/', None, 0x1020, None))
        os.path.exists(HOME) and print(BREACH)
        """,
    ),
    Attack(
        "becomes-root",
        """
        import os
        for change in (os.setuid, os.setgid, os.seteuid):
            try:
                change(0)
                print(BREACH)
            except OSError: pass
        """,
    ),
    Attack(
        "settings-of-the-machine",
        """
        for path in ('/proc/sys/kernel/core_pattern', '/proc/sysrq-trigger', '/sys/power/state'):
            try:
                open(path, 'w')
                print(BREACH)
            except OSError: pass
        """,
    ),
    Attack(
        "traces-others",
        """
        import ctypes, os
        libc = ctypes.CDLL(None)
        if any(libc.ptrace(16, pid, 0, 0) == 0 for pid in range(2, os.getpid())): print(BREACH)
        """,
    ),
)
