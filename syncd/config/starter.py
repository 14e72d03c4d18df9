"""The commented config file to begin with: what `syncd config init` writes."""

from importlib import resources
from pathlib import Path


def starter_text() -> str:
    """The starter file; `config/syncd.toml` of the repository is the same."""
    return resources.files("syncd.config").joinpath("starter.toml").read_text(encoding="utf-8")


def write_starter(path: Path) -> None:
    """Write the starter file, and its directory. Raises `FileExistsError` rather than overwrite one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("x", encoding="utf-8") as file:
        file.write(starter_text())
