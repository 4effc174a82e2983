"""Submissions that look for what they must not see: secrets, answers, classmates, the grader, the network."""

from .attack import Attack, function

READ = r"""
import glob, os, re
def show(*patterns):
    for pattern in patterns:
        for path in glob.glob(pattern, recursive=True):
            try:
                text = open(path, errors='replace').read(2_000_000)
                print(path, text[:100], set(re.findall(r'canary-\w+', text)))
            except OSError:
                pass
"""
CONNECT = """
import socket
def send(*of, to):
    try:
        with socket.socket(*of) as one:
            one.settimeout(1)
            one.connect(to)
            one.send(b'hello')
    except OSError:
        return
"""

ATTACKS = (
    Attack(
        "environment",
        """
        import os
        print(dict(os.environ))
        """,
    ),
    Attack(
        "environment-of-others", READ + "show('/proc/*/environ', '/proc/*/cmdline', '/proc/*/task/*/environ')"
    ),
    Attack(
        "home",
        READ + "show(f'{HOME}/*', f'{HOME}/.*', f'{HOME}/.ssh/*', os.path.expanduser('~/.*'), '/root/.*')",
    ),
    Attack("gradebook", READ + "show(f'{COURSE}/*.db', f'{COURSE}/**/*.json')"),
    Attack(
        "classmates",
        READ + "show(f'{CLASSMATE}/*', f'{COURSE}/submitted/*/*/*', f'{COURSE}/autograded/*/*/*')",
    ),
    Attack("solutions", READ + "show(f'{SOLUTIONS}/**/*', f'{COURSE}/source/*/*')"),
    Attack("its-own-notebook", READ + "show('*.ipynb', '/run/**/*.ipynb', '/in/*', '/box/**/*')"),
    Attack(
        "answers-of-the-course",
        """
        for name in ('convnets.convolution', 'solutions.seeing.exercises', 'autograder.engine', 'exercises'):
            try:
                __import__(name)
            except ImportError:
                continue
            print(name, BREACH)
        """,
    ),
    Attack(
        "the-way-out-of-the-tree",
        READ
        + "show(f'/proc/*/root{HOME}/.*', '/proc/*/cwd/*', f'/proc/self/root{COURSE}/*', f'/../..{HOME}/.*')",
    ),
    Attack(
        "open-descriptors",
        """
        import os
        for number in range(3, 4096):
            try:
                print(os.readlink(f'/proc/self/fd/{number}'))
                print(os.pread(number, 100_000, 0))
            except OSError: pass
        """,
    ),
    Attack(
        "memory-of-others",
        """
        import glob, re
        for path in glob.glob('/proc/[0-9]*/maps'):
            try:
                maps = open(path).read()
                memory = open(path.replace('maps', 'mem'), 'rb')
                for start, end in re.findall(r'(\\w+)-(\\w+) rw', maps):
                    memory.seek(int(start, 16))
                    block = memory.read(int(end, 16) - int(start, 16))
                    for found in re.findall(rb'canary-\\w+', block): print(found.decode())
            except (OSError, ValueError, OverflowError): pass
        """,
    ),
    Attack(
        "objects-of-the-kernel",
        """
        import gc, sys
        for thing in gc.get_objects():
            if isinstance(thing, dict):
                print([value for value in thing.values() if isinstance(value, str) and 'canary-' in value])
        """,
    ),
    Attack(
        "network",
        CONNECT
        + "send(to=('127.0.0.1', PORT))\nsend(socket.AF_INET, socket.SOCK_DGRAM, to=('127.0.0.1', PORT))",
    ),
    Attack(
        "network-of-names", CONNECT + "send(to=('localhost', PORT))\nsend(socket.AF_INET6, to=('::1', PORT))"
    ),
    Attack("abstract-socket", CONNECT + "send(socket.AF_UNIX, to='\\0' + MARK)"),
    Attack("socket-in-the-file-system", CONNECT + "send(socket.AF_UNIX, to=f'{OUTSIDE}/socket')"),
    Attack(
        "other-kernels",
        """
        import glob, os
        own = open(get_ipython().config['IPKernelApp']['connection_file']).read()
        key = own.split('"key"')[1].split('"')[1]
        for path in glob.glob('/tmp/**/*.json', recursive=True) + glob.glob('/run/**/*.json', recursive=True):
            try: text = open(path).read()
            except OSError: continue
            if 'shell_port' in text and key not in text: print(path, BREACH)
        """,
    ),
    Attack(
        "raw-devices",
        READ + "show('/dev/sd*', '/dev/nvme*', '/dev/vd*', '/dev/mem', '/proc/kcore', '/proc/kmsg')",
    ),
    Attack(
        "links-that-were-handed-in",
        READ + "show('*', '*/*')",
        links={"secret": "home/.netrc", "all": "course"},
    ),
    function(
        "frames-of-the-caller",
        """
        import sys
        frame, seen = sys._getframe(), []
        while frame:
            seen.append(repr(frame.f_locals)[:100_000])
            frame = frame.f_back
        print(seen)
        raise ValueError('canary' if 'canary-' in str(seen) else '')
        """,
    ),
)
