"""Brings `.venv` to the versions of a lock file: `python .ci/setup.py runtime` or `... dev`.

The Makefile calls this before everything else, so nothing to do must cost nothing: a stamp in the environment
says from what it was made. Standard library only; stays silent unless there is work.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = VENV / "syncd-setup.json"
LOCKS = {
    "runtime": ["requirements/runtime.lock", "requirements/build.lock"],
    "dev": ["requirements/dev.lock"],
}
COVERS = {"runtime": ["runtime"], "dev": ["runtime", "dev"]}


def main() -> int:
    """Install what is missing; 0 when the environment is as the lock says."""
    level = sys.argv[1]
    made_from = read_stamp()
    if made_from.get(level) == fingerprint(level):
        return 0
    started = time.monotonic()
    first = "" if made_from else " (a minute or two the first time)"
    print(f"syncd: setting up .venv from {LOCKS[level][0]}{first} ...", end=" ", flush=True)
    try:
        create_environment()
        install(level)
    except SetupError as problem:
        print(f"failed\n\n{problem}", file=sys.stderr)
        return 1
    STAMP.write_text(json.dumps(made_from | {name: fingerprint(name) for name in COVERS[level]}))
    print(f"{time.monotonic() - started:.0f} s")
    return 0


class SetupError(Exception):
    """What stands in the way, and what to do about it."""


def read_stamp() -> dict[str, str]:
    """Which levels are installed and from what; empty where there is no environment."""
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def fingerprint(level: str) -> str:
    """Everything that decides what the environment holds: locks, project, interpreter and place."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version_info[:3]}\n".encode())
    for name in [*LOCKS[level], "pyproject.toml", ".ci/setup.py"]:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def create_environment() -> None:
    """Make the environment, or make it anew where it belongs to another Python or no longer starts."""
    if is_usable():
        return
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        raise SetupError(
            f"This Python ({sys.executable}) comes without the modules venv and ensurepip.\n"
            f"On Debian and Ubuntu: apt-get install python{version}-venv. "
            "Or name another: make ... PYTHON=python3.13"
        )
    shutil.rmtree(VENV, ignore_errors=True)
    run([sys.executable, "-m", "venv", str(VENV)], "Could not create the virtual environment .venv.")


def is_usable() -> bool:
    """Whether `.venv` starts, has pip, is of this Python, and has not been moved here from elsewhere."""
    question = "import sys, pip; print(*sys.version_info[:2], sys.prefix)"
    try:
        answer = subprocess.run([python(), "-c", question], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    return answer.split() == [*map(str, sys.version_info[:2]), str(VENV)]


def install(level: str) -> None:
    """Install the locked packages, then syncd itself in place, without fetching anything more."""
    pip = [python(), "-m", "pip", "--no-input", "--disable-pip-version-check", "install"]
    locks = [argument for lock in LOCKS[level] for argument in ("-r", lock)]
    # Compiling what is never imported takes as long as the download.
    run(
        [*pip, "--no-compile", "--no-deps", "--require-hashes", *locks],
        "Could not install the locked packages: pip's words are above. Is there a network? Run it again.",
    )
    run([*pip, "--no-deps", "--no-build-isolation", "--editable", "."], "Could not install syncd into .venv.")


def python() -> str:
    """The environment's own interpreter."""
    return str(VENV / "bin" / "python")


def run(command: list[str], failed: str) -> None:
    """Run quietly; show what the command said only when it fails."""
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=ROOT, text=True, check=False, **both)
    if done.returncode:
        raise SetupError(f"{done.stdout}\n{failed}")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted: run it again to go on")
