"""Create ``.venv`` and install the course into it; a second call does nothing unless requirements changed.

Runs before anything is installed, so it uses the standard library only and must parse on any Python 3:
``python3 src/course/setup.py``. Whatever is missing is said in one sentence with the remedy.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
OLDEST_PYTHON = (3, 11)
NEEDED_BYTES = 4 * 10**9
NETWORK_SIGNS = (
    "failed to establish a new connection",
    "name resolution",
    "name or service not known",
    "getaddrinfo failed",
    "network is unreachable",
    "connection refused",
    "connection reset",
    "timed out",
    "proxyerror",
)


class SetupError(Exception):
    """Something outside the course is missing; the message says what and how to get it."""


def main():
    """Set the course up and report; exit status 1 where something is missing."""
    try:
        check_python()
        if STAMP.exists() and STAMP.read_text() == fingerprint():
            return
        check_disk()
        create_environment()
        install()
    except SetupError as error:
        sys.exit("convnets cannot be set up: {}".format(error))  # noqa: UP032
    except KeyboardInterrupt:
        sys.exit("Interrupted. Run the same command again to go on.")


def check_python():
    """Raise SetupError where this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        have = ".".join(str(number) for number in sys.version_info[:3])
        raise SetupError(
            "it needs Python 3.11 or newer, and this is Python " + have + ".\n"
            "Install one from https://www.python.org/downloads/ (Debian, Ubuntu: apt install python3.11 "
            "python3.11-venv) and name it: make course PYTHON=python3.11"
        )


def check_disk():
    """Raise SetupError where the packages would not fit."""
    free = shutil.disk_usage(str(ROOT)).free
    if free < NEEDED_BYTES:
        raise SetupError(
            "it needs about {:.0f} GB of free disk for its packages, and {} has {:.1f} GB.".format(  # noqa: UP032
                NEEDED_BYTES / 1e9, ROOT, free / 1e9
            )
        )


def environment_python():
    """Return the path of the environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def create_environment():
    """Create ``.venv`` unless its interpreter already runs."""
    python = environment_python()
    if python.exists():
        version = [str(python), "-m", "pip", "--version"]
        if subprocess.run(version, capture_output=True).returncode == 0:
            return
    print("Creating .venv ...", flush=True)
    create = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(create, capture_output=True, text=True)
    if made.returncode != 0:
        raise SetupError(
            "Python could not create a virtual environment in {}.\n{}\n"  # noqa: UP032
            "On Debian and Ubuntu the package python3-venv is often what is missing.".format(
                VENV, (made.stdout + made.stderr).strip()
            )
        )


def install():
    """Install ``requirements.txt`` with pip, showing its progress; explain the usual failures."""
    print("Installing the packages of requirements.txt (a few minutes the first time) ...", flush=True)
    command = [str(environment_python()), "-m", "pip", "install", "-r", "requirements.txt"]
    pip = subprocess.Popen(
        [*command, "--disable-pip-version-check"],
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    log = []
    for line in pip.stdout:
        log.append(line)
        if line.startswith(("Collecting", "Installing", "Successfully")):
            print("  " + line.strip()[:100], flush=True)
    if pip.wait() != 0:
        raise SetupError(explain("".join(log)))
    STAMP.write_text(fingerprint())


def explain(log):
    """Say in words why pip failed, given what it printed; its last lines are kept."""
    low = log.lower()
    last = "\n".join(log.strip().splitlines()[-8:])
    if "no space left" in low:
        return "the disk is full.\n" + last
    if any(sign in low for sign in NETWORK_SIGNS):
        return (
            "the packages could not be downloaded: is there a network? (Behind a proxy, set HTTPS_PROXY; "
            "with a local package index, set PIP_INDEX_URL.)\n" + last
        )
    return "pip failed; its last words were:\n" + last


def fingerprint():
    """Return a hash of what the installation depends on."""
    parts = [(ROOT / name).read_bytes() for name in ("requirements.txt", "pyproject.toml")]
    return hashlib.sha256(b"\0".join(parts) + sys.version.encode() + str(ROOT).encode()).hexdigest()


if __name__ == "__main__":
    main()
