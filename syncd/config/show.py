"""The effective configuration as TOML: secrets masked, each value with its origin."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, SecretStr

from syncd.config.database_url import MASK, masked_url
from syncd.config.load import LoadedSettings
from syncd.config.sources import Sources
from syncd.config.tree import BARE, Key, dotted
from syncd.config.values import format_duration
from syncd.runtime.printable import escaped

SURROGATES = re.compile(r"\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}")


def masked(secret: SecretStr, key: Key = ()) -> str:
    """The secret masked: empty if it is not set; a database address without its password."""
    text = secret.get_secret_value()
    if key == ("store", "url"):
        return masked_url(text)
    return MASK if text else ""


def plain_values(value: Any, key: Key = ()) -> Any:
    """A setting or a section as plain values that may be shown; absent ones are omitted."""
    if isinstance(value, BaseModel):
        fields = ((name, getattr(value, name)) for name in type(value).model_fields)
        return {name: plain_values(one, (*key, name)) for name, one in fields if one is not None}
    if isinstance(value, dict):
        return {name: plain_values(one, (*key, name)) for name, one in value.items()}
    if isinstance(value, tuple):
        return [plain_values(one, (*key, index)) for index, one in enumerate(value)]
    if isinstance(value, SecretStr):
        return masked(value, key)
    if isinstance(value, timedelta):
        return format_duration(value)
    return value if isinstance(value, int | str | Decimal) else str(value)


def effective_toml(loaded: LoadedSettings) -> str:
    """All effective settings as TOML, each with its origin as a comment."""
    lines = list(_table(plain_values(loaded.settings), (), loaded.sources))
    return "\n".join(lines).strip() + "\n"


def toml_value(value: Any) -> str:
    """A plain value as TOML."""
    if isinstance(value, list):
        return f"[{', '.join(toml_value(one) for one in value)}]"
    return str(value) if isinstance(value, int | Decimal) else _quoted(value)


def _quoted(text: str) -> str:
    """The text as TOML, with every character escaped that does more than show itself."""
    quoted = escaped(json.dumps(text, ensure_ascii=False))
    # TOML knows no pairs of surrogates.
    return SURROGATES.sub(_as_toml, quoted)


def _as_toml(pair: re.Match[str]) -> str:
    character: str = json.loads(f'"{pair[0]}"')
    return f"\\U{ord(character):08x}"


def _table(table: dict[str, Any], key: Key, sources: Sources) -> Iterator[str]:
    inner = {name: value for name, value in table.items() if _is_table(value)}
    own = {name: value for name, value in table.items() if name not in inner}
    for name, value in own.items():
        label = name if BARE.fullmatch(name) else _quoted(name)
        line = f"{label} = {toml_value(value)}"
        yield f"{line:<44} # {_origin((*key, name), sources)}"
    for name, value in inner.items():
        yield from _inner(name, value, key, sources)


def _inner(name: str, value: Any, key: Key, sources: Sources) -> Iterator[str]:
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from ("", f"[[{name}]]", *_table(one, (*key, name, index), sources))
    else:
        yield from ("", f"[{dotted((*key, name))}]", *_table(value, (*key, name), sources))


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _origin(key: Key, sources: Sources) -> str:
    origin = sources.origin(key)
    if origin.layer == "preset":
        return f"preset {sources.tree.get('pinnacle', {}).get('preset', 'pinnacle')}"
    if origin.layer == "secret":
        return f"file {origin.where}"
    return origin.where or origin.layer
