"""The config that lets syncd work with the simulated services: for sandbox, demo and benchmarks."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

RULED_FILTERS: Final = "Pinnacle*"
"""The filters that the only rule of the config applies to."""

PACED_FEEDS: Final = ("fixtures", "odds", "specials", "settled")

ConfigTree = dict[str, Any]
"""Tables of the config file by name; a list of tables is an array of tables."""


def feed_pace(gap: str) -> dict[str, str]:
    """The table `[pinnacle.pace]` with the same gap, such as `5s`, for snapshots and deltas of every feed."""
    return {f"{feed}_{kind}": gap for feed in PACED_FEEDS for kind in ("snapshot", "delta")}


def client_config(
    *,
    pinnacle_url: str,
    bettune_url: str,
    preset: str = "pinnacle",
    pace: Mapping[str, str],
    requests: int,
    window: str = "60s",
) -> ConfigTree:
    """The tables `pinnacle`, `bettune` and `rules`, for servers with their default credentials."""
    return {
        "pinnacle": {
            "preset": preset,
            "base_url": pinnacle_url,
            "username": "demo",
            "password": "demo",
            "pace": dict(pace),
        },
        "bettune": {
            "base_url": bettune_url,
            "token": "demo-token",
            "limit": {"requests": requests, "window": window},
        },
        "rules": [{"filter": RULED_FILTERS}],
    }


def merged(config: ConfigTree, more: ConfigTree) -> ConfigTree:
    """`config` with the keys of `more` added, or replaced, at every level."""
    result = dict(config)
    for key, value in more.items():
        both_tables = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = merged(result[key], value) if both_tables else value
    return result


def as_toml(config: ConfigTree) -> str:
    """The text of a config file."""
    return "\n".join(_tables(config)).lstrip("\n") + "\n"


def _tables(table: ConfigTree, path: str = "") -> Iterator[str]:
    for key, value in table.items():
        if not isinstance(value, dict | list):
            yield f"{key} = {json.dumps(value)}"
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield f"\n[{name}]"
            yield from _tables(value, name)
        for each in value if isinstance(value, list) else ():
            yield f"\n[[{name}]]"
            yield from _tables(each, name)
