"""What code in a sandboxed kernel can see, reach and change."""

import os
from pathlib import Path

import pytest

from autograder.layout import PROJECT

QUESTIONS = {
    "user": "import os; (os.getuid(), os.environ['USER'], os.getcwd())",
    "capabilities": "{line.split()[1] for line in open('/proc/self/status') if line.startswith('Cap')}",
    "privileges": "next(line for line in open('/proc/self/status') if line.startswith('NoNewPrivs'))",
    "environment": "sorted(os.environ)",
    "processes": "sorted(int(name) for name in os.listdir('/proc') if name.isdigit())",
    "interfaces": "[name for _, name in __import__('socket').if_nameindex()]",
    "tcp": "import socket; socket.create_connection(('192.0.2.1', 80), 2)",
    "udp": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 53))",
    "names": "socket.getaddrinfo('example.org', 80)",
    "passwd": "open('/etc/passwd', 'a')",
    "shadow": "os.path.exists('/etc/shadow')",
    "home": "os.listdir(os.path.expanduser('~'))",
    "mount": "import ctypes; ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, None)",
    "namespaces": "ctypes.CDLL(None).unshare(0x10000000)",
    "checks": "import checks.respond; checks.__file__",
    "answers": "import convnets",
    "grader": "import autograder.engine.oracle",
    "files": "sorted(os.listdir('.'))",
    "note": "open('data/note.txt').read()",
    "keep": "open('kept.txt', 'w').write('x'); open('/tmp/kept.txt', 'w').write('x'); os.listdir('/dev/shm')",
    "system": "open('/usr/bin/kept', 'w')",
    "environment files": "open(__import__('numpy').__file__, 'a')",
    "stdio": "[os.readlink(f'/proc/self/fd/{n}') for n in (0,)]",
    "sysctl": "open('/proc/sys/kernel/core_pattern', 'w')",
}


@pytest.fixture(scope="module", params=[True, False], ids=["warm", "cold"])
def answers(request, run, tmp_path_factory):
    """What a kernel answers to all of these questions, asked in one notebook."""
    folder = tmp_path_factory.mktemp("handed-in")
    (folder / "data").mkdir()
    (folder / "data" / "note.txt").write_text("read me")
    (folder / "graded.ipynb").write_text("hidden")
    (folder / "link.txt").symlink_to(__file__)
    os.mkfifo(folder / "pipe")
    os.environ["SECRET_TOKEN"] = "do not tell"
    try:
        said = run(*QUESTIONS.values(), path=folder, warm=request.param)
    finally:
        del os.environ["SECRET_TOKEN"]
    assert sorted(path.name for path in folder.iterdir()) == ["data", "graded.ipynb", "link.txt", "pipe"]
    return dict(zip(QUESTIONS, said, strict=True))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("user", "(1000, 'student', '/scratch')"),
        ("capabilities", "{'0000000000000000'}"),
        ("privileges", "'NoNewPrivs:\\t1\\n'"),
        ("interfaces", "['lo']"),
        ("tcp", "OSError: [Errno 101] Network is unreachable"),
        ("udp", "OSError: [Errno 101] Network is unreachable"),
        ("names", "gaierror: "),
        ("shadow", "False"),
        ("home", "[]"),
        ("mount", "-1"),
        ("namespaces", "-1"),
        ("checks", "'/run/course/checks/__init__.py'"),
        ("answers", "ModuleNotFoundError: "),
        ("grader", "ModuleNotFoundError: "),
        ("files", "['data']"),
        ("note", "'read me'"),
        ("keep", "[]"),
        ("stdio", "['/dev/null']"),
    ],
    ids=lambda value: value.split()[0] if value in QUESTIONS else "",
)
def test_what_a_student_sees(answers, question, answer):
    assert answers[question].startswith(answer)


@pytest.mark.parametrize("question", ["passwd", "system", "environment files", "sysctl"])
def test_nothing_but_scratch_can_be_written(answers, question):
    assert "Errno 30" in answers[question] or "Errno 13" in answers[question]


def test_no_secret_is_in_the_environment(answers):
    assert "SECRET_TOKEN" not in answers["environment"]
    assert "JPY_PARENT_PID" not in answers["environment"]


def test_other_processes_are_not_there(answers):
    processes = eval(answers["processes"])
    assert os.getpid() not in processes
    assert len(processes) <= 3


@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
def test_the_course_is_not_there(run, warm):
    course = [PROJECT / "solutions", PROJECT / "autograder", PROJECT / "src" / "convnets", Path(__file__)]
    asked = f"import os; [path for path in {[str(path) for path in course]} if os.path.exists(path)]"
    everywhere = f"__import__('pathlib').Path({str(PROJECT)!r}).rglob('exercises.py')"
    assert run(asked, f"list({everywhere})", warm=warm) == ["[]", "[]"]
