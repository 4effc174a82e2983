"""Submissions that take all they can get: memory, processes, threads, files, disk, stack."""

from .attack import DOUBLE, TOTAL, Attack, function

RIGHT = DOUBLE | TOTAL
BOTH = {"double": 3, "total": 5}

FILL = """
def fill(folder):
    '''Write until nothing more fits; say so if that was more than two gigabytes.'''
    written, block = 0, bytes(2**24)
    try:
        for number in range(400):
            with open(f'{folder}/{number}', 'wb') as file:
                for _ in range(4):
                    written += file.write(block)
            if written > 2 * 2**30:
                print(BREACH)
                return
    except OSError:
        pass
"""

ATTACKS = (
    Attack("open-files", "kept = []\nwhile True:\n    kept.append(open('/dev/null'))", answers=RIGHT),
    Attack("deep-recursion", "import sys\nsys.setrecursionlimit(10**9)\ndef deeper(): deeper()\ndeeper()"),
    Attack("huge-array", "import numpy as np\nkept = np.ones(2**36)", answers=RIGHT, earns=BOTH),
    Attack(
        "sparse-file",
        "with open('sparse', 'wb') as file:\n    file.truncate(20 * 2**30)",
        answers=RIGHT,
        earns=BOTH,
    ),
    function("answer-of-a-gigabyte", "import numpy as np\nreturn np.zeros(2**27)"),
    function("answer-of-a-million-parts", "return [[] for _ in range(10**6)]"),
    function(
        "answer-nested-without-end",
        "nested = []\nfor _ in range(10**5):\n    nested = [nested]\nreturn nested",
    ),
    function("answer-that-holds-itself", "loop = []\nloop.append(loop)\nreturn loop"),
    function("answer-with-a-huge-number", "return 10 ** 10**6"),
    Attack(
        "many-small-files", "for number in range(200_000):\n    open(f'{number}', 'w').close()", slow=True
    ),
    Attack("disk-in-the-folder", FILL + "fill('.')", slow=True),
    Attack("disk-in-tmp", FILL + "fill('/tmp')", slow=True),
    Attack("disk-in-shared-memory", FILL + "fill('/dev/shm')", slow=True),
    Attack("memory", "kept = []\nwhile True:\n    kept.append(bytearray(b'x' * 2**24))", slow=True),
    Attack(
        "memory-of-many-processes",
        "import os\nfor _ in range(20):\n    if not os.fork():\n"
        "        kept = []\n        while True: kept.append(bytearray(b'x' * 2**22))\n"
        "import time\ntime.sleep(2)",
        slow=True,
    ),
    function(
        "memory-in-a-call", "kept = []\nwhile True:\n    kept.append(bytearray(b'x' * 2**24))", slow=True
    ),
    Attack("fork-bomb", "import os\nwhile True:\n    os.fork()", slow=True),
    Attack(
        "thread-bomb",
        "import threading, time\nwhile True:\n    threading.Thread(target=time.sleep, args=(1e6,)).start()",
        slow=True,
    ),
)
