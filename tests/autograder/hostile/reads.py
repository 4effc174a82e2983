"""Submissions that look for what they must not see: secrets, answers, classmates, the grader, the network."""

from .attack import Attack, function

READ = """
import glob, os
def show(*patterns):
    for pattern in patterns:
        for path in glob.glob(pattern, recursive=True):
            try:
                print(open(path, errors='replace').read(200_000))
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
    Attack("environment", "import os\nprint(dict(os.environ))"),
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
        "for name in ('convnets.convolution', 'solutions.seeing.exercises', 'autograder.oracle', 'exercises'):\n"
        "    try:\n        __import__(name)\n    except ImportError:\n        continue\n    print(name, BREACH)",
    ),
    Attack(
        "the-way-out-of-the-tree",
        READ
        + "show('/proc/*/root' + HOME + '/.*', '/proc/*/cwd/*', f'/proc/self/root{COURSE}/*', '/../..' + HOME + '/.*')",
    ),
    Attack(
        "open-descriptors",
        "import os\nfor number in range(3, 4096):\n    try:\n"
        "        print(os.readlink(f'/proc/self/fd/{number}'))\n        print(os.pread(number, 100_000, 0))\n"
        "    except OSError: pass",
    ),
    Attack(
        "memory-of-others",
        "import glob, re\nfor path in glob.glob('/proc/[0-9]*/maps'):\n    try:\n        maps = open(path).read()\n"
        "        memory = open(path.replace('maps', 'mem'), 'rb')\n"
        "        for start, end in re.findall(r'(\\w+)-(\\w+) rw', maps):\n"
        "            memory.seek(int(start, 16))\n            block = memory.read(int(end, 16) - int(start, 16))\n"
        "            for found in re.findall(rb'canary-\\w+', block): print(found.decode())\n"
        "    except (OSError, ValueError, OverflowError): pass",
    ),
    Attack(
        "objects-of-the-kernel",
        "import gc, sys\nfor thing in gc.get_objects():\n    if isinstance(thing, dict):\n"
        "        print([value for value in thing.values() if isinstance(value, str) and 'canary-' in value])",
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
        "import glob, os\nown = os.path.realpath(get_ipython().config['IPKernelApp']['connection_file'])\n"
        "for path in glob.glob('/tmp/**/*.json', recursive=True) + glob.glob('/run/**/*.json', recursive=True):\n"
        "    if os.path.realpath(path) != own and 'shell_port' in open(path).read(): print(path, BREACH)",
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
        "import sys\nframe, seen = sys._getframe(), []\nwhile frame:\n    seen.append(repr(frame.f_locals)[:100_000])\n"
        "    frame = frame.f_back\nprint(seen)\nraise ValueError('canary' if 'canary-' in str(seen) else '')",
    ),
)
