"""The package works where the repository is not: built as for an index, in an empty environment."""

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from syncd import __version__
from syncd.cli.man import man_page

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def checked(*command: object, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": os.environ["PATH"], "HOME": str(cwd)} | environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def source_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sdist."""
    folder = tmp_path_factory.mktemp("sdist")
    checked(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", folder, cwd=ROOT)
    return next(folder.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def installed(source_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel that is built from the sdist, and what it depends on."""
    folder = tmp_path_factory.mktemp("installed")
    with tarfile.open(source_archive) as archive:
        archive.extractall(folder, filter="data")
    source = next(folder.glob("syncd-*"))
    checked(
        sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=source
    )
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install"]
    checked(*pip, "--no-deps", "--no-index", "--no-compile", next(folder.glob("*.whl")), cwd=folder)
    own = next((folder / "venv" / "lib").glob("python*/site-packages"))
    # Of this environment only what is in its folder: what puts the repository on the path is not read.
    (own / "dependencies.pth").write_text(f"{Path(pytest.__file__).parents[1]}\n")
    return folder / "venv"


def test_the_wheel_works_without_the_repository(installed: Path, tmp_path: Path) -> None:
    syncd = installed / "bin" / "syncd"
    assert checked(syncd, "--version", cwd=tmp_path).stdout == f"syncd {__version__}\n"
    program = (
        "import syncd; from syncd.matching.knowledge import shipped_with; shipped_with(None); "
        "print(syncd.__file__)"
    )
    where = checked(installed / "bin" / "python", "-c", program, cwd=tmp_path)
    assert Path(where.stdout.strip()).is_relative_to(installed)
    checked(syncd, "config", "init", cwd=tmp_path)
    checked(syncd, "config", "check", cwd=tmp_path)
    upgraded = checked(syncd, "db", "upgrade", cwd=tmp_path)
    assert "empty ->" in upgraded.stdout
    assert (tmp_path / "data" / "syncd.db").exists()
    page = next((installed / "share" / "man" / "man1").iterdir())
    assert page.read_text() == man_page()


def test_the_wheel_has_every_file_of_the_package(installed: Path) -> None:
    """Templates, the table of clubs, the config to begin with."""
    own = next((installed / "lib").glob("python*/site-packages"))
    names = subprocess.run(
        ["git", "ls-files", "syncd"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    missing = [name for name in names if not (own / name).exists() and (ROOT / name).exists()]
    assert missing == []
    assert len(list((own / "syncd" / "_migrations" / "versions").glob("*.py"))) > 5


def test_the_source_archive_has_what_its_makefile_needs(source_archive: Path) -> None:
    with tarfile.open(source_archive) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"Makefile", ".ci/setup.py", "requirements/dev.lock", "config/syncd.example.toml", "man/syncd.1"}
    assert needed <= names
    assert {"deploy/syncd.service", "docs/operations.md", "tests/test_package.py"} <= names
    assert not any(name.startswith((".venv", "data/", "config/syncd.toml")) for name in names)


def test_what_an_index_shows_leads_nowhere_else() -> None:
    """Relative links and pictures are lost there."""
    text = (ROOT / PROJECT["readme"]).read_text()
    assert re.findall(r"\]\((?!https://)[^)]*\)", text) == []
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"Programming Language :: Python :: {version}" in PROJECT["classifiers"]
