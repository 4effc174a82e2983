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
    Attack(
        "open-files",
        """
        kept = []
        while True:
            kept.append(open('/dev/null'))
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "open-files-and-a-word",  # what the kernel opens only when it first has something to say
        """
        kept = []
        try:
            while True:
                kept.append(open('/dev/null'))
        except OSError:
            print('no more')
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "deep-recursion",
        """
        import sys
        sys.setrecursionlimit(10**9)
        def deeper(): deeper()
        deeper()
        """,
    ),
    Attack(
        "huge-array",
        """
        import numpy as np
        kept = np.ones(2**36)
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    Attack(
        "sparse-file",
        """
        with open('sparse', 'wb') as file:
            file.truncate(20 * 2**30)
        """,
        answers=RIGHT,
        earns=BOTH,
    ),
    function(
        "answer-of-a-gigabyte",
        """
        import numpy as np
        return np.zeros(2**27)
        """,
    ),
    function("answer-of-a-million-parts", "return [[] for _ in range(10**6)]"),
    function(
        "answer-nested-without-end",
        """
        nested = []
        for _ in range(10**5):
            nested = [nested]
        return nested
        """,
    ),
    function(
        "answer-that-holds-itself",
        """
        loop = []
        loop.append(loop)
        return loop
        """,
    ),
    function("answer-with-a-huge-number", "return 10 ** 10**6"),
    Attack(
        "many-small-files",
        """
        for number in range(200_000):
            open(f'{number}', 'w').close()
        """,
    ),
    Attack("disk-in-the-folder", FILL + "fill('.')"),
    Attack("disk-in-tmp", FILL + "fill('/tmp')"),
    Attack("disk-in-shared-memory", FILL + "fill('/dev/shm')"),
    Attack(
        "memory",
        """
        kept = []
        while True:
            kept.append(bytearray(b'x' * 2**24))
        """,
    ),
    Attack(
        "memory-of-many-processes",
        """
        import os
        for _ in range(20):
            if not os.fork():
                kept = []
                while True: kept.append(bytearray(b'x' * 2**22))
        import time
        time.sleep(2)
        """,
    ),
    function(
        "memory-in-a-call",
        """
        kept = []
        while True:
            kept.append(bytearray(b'x' * 2**24))
        """,
    ),
    Attack(
        "fork-bomb",
        """
        import os
        while True:
            os.fork()
        """,
    ),
    Attack(
        "thread-bomb",
        """
        import threading, time
        while True:
            threading.Thread(target=time.sleep, args=(1e6,)).start()
        """,
    ),
)
