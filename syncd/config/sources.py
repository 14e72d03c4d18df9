"""The config file, the environment and secret files combined, with the origin of each value."""

from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from syncd.config.environment import Override
from syncd.config.problems import Problem
from syncd.config.secret_files import SECRET_FILES, SecretFileError, read_secret, with_password
from syncd.config.settings import StoreSettings
from syncd.config.toml_file import TomlFile, at
from syncd.config.tree import Key, dotted, find

Layer = Literal["default", "preset", "file", "environment", "secret"]
PASSWORD_FILE: Key = ("store", "password_file")
DATABASE: Key = ("store", "url")


@dataclass(frozen=True, slots=True)
class Origin:
    """The layer that a value comes from, and its exact place: a line, a variable, a secret file."""

    layer: Layer
    where: str = ""


class Sources:
    """The values of all layers; a later layer overrides an earlier one: file, environment, secret files."""

    def __init__(self, file: TomlFile, overrides: list[Override]) -> None:
        self.file = file
        self.tree: dict[str, Any] = deepcopy(file.tree)
        self.problems: list[Problem] = []
        self._variables: dict[Key, str] = {}
        self._secrets: dict[Key, str] = {}
        for override in sorted(overrides, key=lambda override: len(override.key)):
            self._override(override)
        for file_key, key in SECRET_FILES.items():
            self._read_secret(file_key, key)
        self._read_database_password()

    def origin(self, key: Key) -> Origin:
        """The origin of the value of a key."""
        if key in self._secrets:
            return Origin("secret", self._secrets[key])
        for length in range(len(key), 0, -1):
            if variable := self._variables.get(key[:length]):
                return Origin("environment", variable)
        if self.file.has(key):
            return Origin("file", self.file.where(key))
        from_preset = key[0] == "pinnacle" and key[1:2] in (("base_url",), ("pace",), ("paths",))
        return Origin("preset" if from_preset else "default")

    def where(self, key: Key) -> str:
        """The place to show to a user, also for a missing key."""
        origin = self.origin(key)
        return origin.where or self.file.where(key)

    def _override(self, override: Override) -> None:
        container: Any = self.tree
        *parents, last = override.key
        for depth, part in enumerate(parents, start=1):
            node = find(override.key[:depth])
            container = _enter(container, part, [] if node and node.is_list else {})
        if _put(container, last, override.value):
            self._variables[override.key] = override.variable
        else:
            self._misplaced(override)

    def _misplaced(self, override: Override) -> None:
        parent = dotted(override.key[:-1])
        self.problems.append(
            Problem(where=override.variable, fault=f"there is no table {parent} in which to set this")
        )

    def _read_secret(self, file_key: Key, key: Key) -> None:
        path = at(self.tree, file_key)
        if not isinstance(path, str) or not path:
            return
        if at(self.tree, key):
            layers = [self.origin(file_key).layer, self.origin(key).layer]
            if layers[0] == layers[1]:
                self._report(file_key, f"is given beside {dotted(key)}", "one of the two")
            if layers[0] != "environment":
                return
        self._apply(file_key, key, path)

    def _apply(self, file_key: Key, key: Key, path: str) -> None:
        try:
            secret = read_secret(Path(path))
        except SecretFileError as error:
            self._report(file_key, f"names {path}, {error}")
        else:
            self._set_secret(key, secret, path)

    def _read_database_password(self) -> None:
        path = at(self.tree, PASSWORD_FILE)
        if not isinstance(path, str) or not path:
            return
        url = at(self.tree, DATABASE) or StoreSettings().url.get_secret_value()
        if not isinstance(url, str):
            return
        try:
            self._set_secret(DATABASE, with_password(url, read_secret(Path(path))), path)
        except SecretFileError as error:
            self._report(PASSWORD_FILE, f"names {path}, {error}")

    def _set_secret(self, key: Key, secret: str, path: str) -> None:
        section, name = key
        self.tree[str(section)][name] = secret
        self._secrets[key] = path

    def _report(self, key: Key, fault: str, expected: str = "") -> None:
        self.problems.append(Problem(where=self.where(key), key=dotted(key), fault=fault, expected=expected))


def _enter(container: Any, part: str | int, empty: Any) -> Any:
    """The value at a key of a table or list, set to `empty` if there was none; None if it cannot be set."""
    if at(container, (part,)) is None:
        _put(container, part, empty)
    return at(container, (part,))


def _put(container: Any, part: str | int, value: Any) -> bool:
    """Set a key of a table, or an existing or the next element of a list. Return false if it is neither."""
    if isinstance(container, dict) and isinstance(part, str):
        container[part] = value
    elif isinstance(container, list) and isinstance(part, int) and part <= len(container):
        container[part : part + 1] = [value]
    else:
        return False
    return True
