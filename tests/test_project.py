"""What the project promises about its own files."""

import re
import subprocess
import tomllib
from itertools import chain, groupby
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "syncd").rglob("*.py"))

EXCEPTIONS = {"type: ignore": 0, "noqa": 12, "pragma: no cover": 1}
"""How often `syncd` leaves the rules. Fewer: lower the figure. More: it takes a reason that convinces."""

LONGEST_MODULE = 400


def tracked_files() -> list[Path]:
    """What git knows; without git (an unpacked archive) there is nothing to look at."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs the repository and git")
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> list[tuple[Path, str]]:
    return [(path.relative_to(ROOT), path.read_text(errors="replace")) for path in tracked_files()]


# Written apart, so that they are not found here.
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.", "python" + "hosted", "--index" + "-url", "--extra-index" + "-url"])
)
MACHINE = re.compile(r"(?<![\w.>*-])/(?:home|root|work|Users)/\w")


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE], ids=["package registry", "path of one machine"])
def test_no_file_names_a(pattern):
    allowed = "--no-emit-index" + "-url"
    found = [f"{path}: {hit}" for path, text in texts() for hit in pattern.findall(text.replace(allowed, ""))]
    assert found == []


def lines_with(pattern: str) -> list[str]:
    """Where in `syncd` it stands, as file:line."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("exception", EXCEPTIONS)
def test_exceptions_from_the_rules_are_counted(exception):
    found = lines_with(f"# {exception}")
    assert len(found) == EXCEPTIONS[exception], "\n".join(found)


def test_each_exception_carries_its_reason():
    assert lines_with(r"# (noqa(: [A-Z0-9, ]+)?|pragma: no cover)$") == []


def test_no_module_is_long():
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_MODULE} == {}


def test_only_the_clock_sleeps():
    """`sleep(0)` is no sleep: it lets the other tasks of a long loop run."""
    found = lines_with(r"asyncio\.sleep\((?!0\))")
    assert {place.split(":")[0] for place in found} == {"syncd/runtime/clock.py"}, found


def locked(name: str) -> dict[str, str]:
    """Package -> version of one lock; every one of them must have a hash."""
    versions = {}
    for line, following in pairs((ROOT / "requirements" / f"{name}.lock").read_text().splitlines()):
        if pin := re.match(r"([\w.-]+)==([^ ;\\]+)", line):
            assert following.lstrip().startswith("--hash=sha256:"), line
            versions[pin[1]] = pin[2]
    return versions


def pairs(lines: list[str]) -> list[tuple[str, str]]:
    return list(zip(lines, [*lines[1:], ""], strict=True))


def normal(requirement: Requirement) -> str:
    return re.sub(r"[-_.]+", "-", requirement.name).lower()


@pytest.mark.parametrize("lock", ["runtime", "build", "dev"])
def test_the_locks_are_what_pyproject_asks_for(lock):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    extras = project["project"]["optional-dependencies"].values()
    runtime = [*project["project"]["dependencies"], *chain.from_iterable(extras)]
    wanted = {
        "runtime": runtime,
        "build": groups["build"],
        "dev": [*runtime, *groups["build"], *groups["dev"]],
    }[lock]
    versions = locked(lock)
    for requirement in (Requirement(text) for text in wanted if isinstance(text, str)):
        assert requirement.specifier.contains(versions.get(normal(requirement), "0")), (
            f"{requirement}: make lock"
        )


def test_the_locks_agree_with_each_other():
    pins = sorted(pin for name in ("runtime", "build", "dev") for pin in locked(name).items())
    several = {
        name: {version for _, version in found} for name, found in groupby(pins, key=lambda pin: pin[0])
    }
    assert {name: versions for name, versions in several.items() if len(versions) > 1} == {}
