from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.config.load import load
from syncd.config.problems import ConfigError
from syncd.config.settings import Settings

Load = Callable[..., Settings]
Problems = Callable[..., list[str]]


@pytest.fixture
def config(tmp_path: Path) -> Load:
    """Load a config text, with environment variables as keywords."""

    def load_text(text: str = "", **environ: str) -> Settings:
        path = tmp_path / "syncd.toml"
        path.write_text(text)
        return load(path, environ)

    return load_text


@pytest.fixture
def problems(config: Load, tmp_path: Path) -> Problems:
    """The lines that a user sees, without the directory of the file."""

    def lines(text: str = "", **environ: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            config(text, **environ)
        return [str(problem).replace(f"{tmp_path}/", "") for problem in caught.value.problems]

    return lines
