"""The configuration reference, made from the settings: `python -m syncd.config.reference`."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic_core import PydanticUndefined

from syncd.config import presets
from syncd.config.reload import RESTART_ONLY
from syncd.config.settings import Settings
from syncd.config.show import plain_values, toml_value
from syncd.config.tree import ROOT, Key, Node, dotted, walk
from syncd.config.values import format_duration

TARGET = Path("docs/configuration.md")

HEAD = """\
# Configuration

<!-- Made by `python -m syncd.config.reference` from syncd/config/settings.py; change it there. -->

One TOML file holds everything: the one given by `--config`, else `$SYNCD_CONFIG`, else `config/syncd.toml`.
`syncd config init` writes a commented one to begin with, `syncd config check` names all that is wrong with
it at once, and `syncd config show` prints what is in force, each value with where it comes from.

## How values are given

* **Durations** are numbers with units in quotes: `"250ms"`, `"5s"`, `"2m"`, `"1h30m"`, `"3d"`; or a plain 0.
* **The environment** wins over the file. A key's variable is `SYNCD_` and its path with two underscores
  between the parts: `pinnacle.pace.odds_delta` is `SYNCD_PINNACLE__PACE__ODDS_DELTA`. Lists are written
  `29,4` or as JSON, rules as JSON (`SYNCD_RULES='[{"filter": "Pinnacle*"}]'`) or one key at a time, counted
  from 0 (`SYNCD_RULES__0__PRICE=fair`). An empty variable counts as not set. A `SYNCD_` variable that no
  key has is an error, as in the file.
* **Secrets** are better kept out of the file: in the environment, or in files of their own
  (`password_file`, `token_file`, `url_file`: Docker secrets). The line break at the end of such a file is
  not part of the secret. Logs and `syncd config show` never show them.
* **Paths** are relative to the directory where syncd is started.
* **SIGHUP** makes a running `syncd run` read everything again. What is wrong is logged and the old
  configuration stays. Keys marked † wait for the next start.
"""


def reference() -> str:
    """The whole page, as Markdown."""
    sections = [(key, node) for key, node in walk() if node.is_table]
    rules = ROOT.child("rules")
    parts = [HEAD]
    for name in ROOT.fields:
        if name == "rules" and rules is not None:
            parts.append(_section("[[rules]]", ("rules", 0), rules.child(0)))
        parts += [_section(f"[{dotted(key)}]", key, node) for key, node in sections if key[0] == name]
        if name == "bet_types":
            parts.append(f"## `[bet_types]`\n\n{_one_line(Settings.model_fields[name].description)}\n")
    return "\n".join([*parts, _presets()])


def _section(title: str, key: Key, node: Node | None) -> str:
    if node is None:
        return ""
    rows = [_row((*key, name), child) for name, child in _values(node)]
    about = inspect.cleandoc(node.type.__doc__ or "")
    return "\n".join(
        [
            f"## `{title}`",
            "",
            about,
            "",
            "| key | value | default | meaning |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _values(node: Node) -> Iterator[tuple[str, Node]]:
    for name in node.fields:
        child = node.child(name)
        if child is not None and not child.is_table:
            yield name, child


def _row(key: Key, node: Node) -> str:
    mark = " †" if dotted(key) in RESTART_ONLY else ""
    about = _one_line(node.field.description if node.field else "")
    cells = [f"`{key[-1]}`{mark}", node.words(short=True), _default(key, node), about]
    return f"| {' | '.join(cells)} |"


def _default(key: Key, node: Node) -> str:
    if key[0] == "pinnacle" and key[1] in ("base_url", "pace", "paths"):
        return "preset's"
    value: Any = node.field.default if node.field else None
    if value is PydanticUndefined:
        return "required"
    return "" if value is None else f"`{toml_value(plain_values(value, key))}`"


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _presets() -> str:
    """What the presets say, side by side."""
    names = list(presets.PRESETS)
    lines = [
        "## Presets",
        "",
        f"| key | {' | '.join(f'`{name}`' for name in names)} |",
        f"| --- |{' --- |' * len(names)}",
        _preset_row("base_url", [preset.base_url for preset in presets.PRESETS.values()]),
    ]
    for field in presets.Pace.model_fields:
        gaps = [format_duration(getattr(preset.pace, field)) for preset in presets.PRESETS.values()]
        lines.append(_preset_row(f"pace.{field}", gaps))
    for endpoint in get_args(presets.Endpoint):
        versions = [preset.versions[endpoint] for preset in presets.PRESETS.values()]
        lines.append(_preset_row(f"paths.{endpoint}", versions))
    return "\n".join([*lines, ""])


def _preset_row(key: str, cells: list[str]) -> str:
    return f"| `{key}` | {' | '.join(cells)} |"


def main() -> None:
    """Write the page into the working copy."""
    TARGET.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main()
