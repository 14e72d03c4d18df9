"""The files of deploy/: what they name is what the program exports and does."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from syncd.matching.results import VerdictKind
from syncd.model.change import Kind
from syncd.model.link import LinkState
from syncd.sync.outcome import WriteOutcome
from syncd.web.metrics import COUNTERS, GAUGES, HISTOGRAMS

DEPLOY = Path(__file__).parents[1] / "deploy"
RULES = [
    rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"] for rule in group["rules"]
]
DASHBOARD = json.loads((DEPLOY / "grafana.json").read_text())
PANELS = [each for each in DASHBOARD["panels"] if each["type"] != "row"]
QUERIES = [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]
EXPRESSIONS = [(rule["alert"], rule["expr"]) for rule in RULES] + QUERIES

LABELS = {name: metric.labels for name, metric in (GAUGES | COUNTERS | HISTOGRAMS).items()}
LABELS |= {f"{name}_bucket": (*metric.labels, "le") for name, metric in HISTOGRAMS.items()}
LABELS |= {
    f"{name}_{part}": metric.labels for name, metric in HISTOGRAMS.items() for part in ("sum", "count")
}
TARGET_LABELS = {"job", "instance"}
"""Prometheus adds them to each series."""

VALUES = {
    "kind": set(Kind),
    "state": set(LinkState),
    "verdict": set(VerdictKind),
    "outcome": set(WriteOutcome),
    "owner": {"ours", "theirs"},
    "notify": {"true", "false"},
}


def selectors(expression: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The metrics that an expression names, each with its matchers: label and pattern."""
    for name, _, matchers in re.findall(r"\b(syncd_\w+)(\{([^}]*)\})?", expression):
        yield name, re.findall(r'(\w+)\s*(?:=~|!=|!~|=)\s*"([^"]*)"', matchers)


@pytest.mark.parametrize(("title", "expression"), EXPRESSIONS)
def test_each_expression_names_what_the_program_exports(title: str, expression: str) -> None:
    found = list(selectors(expression))
    assert found or "process_" in expression
    for name, matchers in found:
        assert name in LABELS
        for label, pattern in matchers:
            assert label in {*LABELS[name], *TARGET_LABELS}
            if label in VALUES:
                assert set(pattern.split("|")) <= VALUES[label]
    grouped = {each.strip() for by in re.findall(r"\bby \(([^)]*)\)", expression) for each in by.split(",")}
    assert grouped <= {label for name, _ in found for label in LABELS[name]}


def test_a_counter_is_read_by_its_rate_only() -> None:
    for title, expression in EXPRESSIONS:
        for name, _ in selectors(expression):
            if name in COUNTERS or name.endswith("_bucket"):
                assert re.search(rf"(rate|increase)\({name}", expression), title


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_each_rule_says_how_bad_it_is_and_what_to_do(rule: dict) -> None:
    assert re.fullmatch(r"Syncd[A-Za-z]+", rule["alert"])
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["annotations"].keys() == {"summary", "description"}
    used = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
    assert used <= {label for name, _ in selectors(rule["expr"]) for label in LABELS[name]}


def test_panels_have_their_own_numbers_and_places() -> None:
    numbers = [each["id"] for each in DASHBOARD["panels"]]
    assert len(numbers) == len(set(numbers))
    for one, other in combinations((each["gridPos"] for each in DASHBOARD["panels"]), 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below
    assert all(each["description"] and each["gridPos"]["x"] + each["gridPos"]["w"] <= 24 for each in PANELS)


def test_panels_ask_the_prometheus_and_the_job_that_the_user_chose() -> None:
    names = {each["name"] for each in DASHBOARD["templating"]["list"]}
    assert names == {"datasource", "job"}
    assert all(each["datasource"]["uid"] == "${datasource}" for each in PANELS)
    assert all('job=~"$job"' in expression for _, expression in QUERIES)


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool is not installed")
def test_promtool_takes_the_rules() -> None:
    subprocess.run(["promtool", "check", "rules", DEPLOY / "alerts.yml"], check=True, capture_output=True)


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a unit, each with its values."""
    settings: dict[str, list[str]] = {}
    for line in (DEPLOY / name).read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            settings.setdefault(key, []).append(value)
    return settings


OF_EACH = {"Description", "Environment", "LoadCredential", "ExecStart", "ExecReload"}


def test_the_guard_is_as_confined_as_the_daemon_and_knows_less() -> None:
    daemon, guard = unit("syncd.service"), unit("syncd-guard.service")
    for each in OF_EACH:
        daemon.pop(each), guard.pop(each, None)
    assert guard == daemon
    assert "password" not in str(unit("syncd-guard.service"))


@pytest.mark.parametrize("name", ["syncd.service", "syncd-guard.service"])
def test_a_unit_shows_systemd_its_life_and_reads_the_secrets_that_it_loads(name: str) -> None:
    settings = unit(name)
    assert settings["Type"] == ["notify"]
    assert settings["WatchdogSec"] == ["60"]
    loaded = {each.partition(":")[0] for each in settings["LoadCredential"]}
    read = {each.partition("=%d/")[2] for each in settings["Environment"] if "_FILE=" in each}
    assert loaded == read


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
@pytest.mark.parametrize("name", ["syncd.service", "syncd-guard.service"])
def test_systemd_finds_little_left_open(name: str) -> None:
    """The threshold is in tenths: 9.5 is what a unit without any confinement gets."""
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=20", str(DEPLOY / name)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout
