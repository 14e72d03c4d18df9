"""The benchmark of the linker, run as a command on a user's own lists."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from benchmarks.matching import match_of
from benchmarks.matching_changed import judged, right_of
from syncd.model.link import Link, LinkState

ROOT = Path(__file__).parents[2]
AT = "2025-11-15T15:00:00Z"
EVENT = {
    "event_id": 1,
    "league": "England - Premier League",
    "home": "Arsenal",
    "away": "Chelsea",
    "starts": AT,
}
MATCH = {"id": 10, "date": AT} | {
    key: {"id": number, "name": name}
    for number, (key, name) in enumerate(
        {
            "country": "England", "tournament": "Premier League", "season": "25/26",
            "home": "Arsenal", "away": "Chelsea",
        }.items()
    )
}  # fmt: skip


def write(folder: Path, kind: str, *lines: str) -> None:
    with gzip.open(folder / f"a-b__2025-11-10.{kind}.jsonl.gz", "wt") as file:
        file.writelines(f"{line}\n" for line in lines)


def benchmark(folder: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.matching", str(folder), "--out", str(out)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_links_are_written_and_blank_lines_are_skipped(tmp_path):
    write(tmp_path, "events", json.dumps(EVENT), "", " ")
    write(tmp_path, "matches", "", json.dumps(MATCH))
    assert benchmark(tmp_path, tmp_path / "out").stdout.startswith("1 tasks linked in ")
    assert json.loads((tmp_path / "out").read_text())["match_id"] == 10


@pytest.mark.parametrize(
    ("events", "matches", "message"),
    [
        (None, None, "no *.events.jsonl.gz in "),
        ([json.dumps(EVENT)], None, "matches.jsonl.gz: No such file"),
        (["{"], [], "events.jsonl.gz, line 1: not JSON"),
        (["1"], [], "events.jsonl.gz, line 1: not an object"),
        (['{"event_id": 1}'], [], "events.jsonl.gz: a row is incomplete or malformed: "),
    ],
)
def test_unusable_lists_are_reported_in_one_sentence(tmp_path, events, matches, message):
    for kind, lines in (("events", events), ("matches", matches)):
        if lines is not None:
            write(tmp_path, kind, *lines)
    ended = benchmark(tmp_path, tmp_path / "out")
    assert ended.returncode == 1
    assert message in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_output_that_cannot_be_written_is_reported(tmp_path):
    write(tmp_path, "events", json.dumps(EVENT))
    write(tmp_path, "matches", json.dumps(MATCH))
    ended = benchmark(tmp_path, tmp_path / "no" / "out")
    assert ended.returncode == 1
    assert ended.stderr.startswith("cannot write ")


@pytest.mark.parametrize(
    ("kind", "match_id", "right"), [("pair", 10, [True]), ("null", None, [False]), ("ignore", 10, [])]
)
def test_links_of_changed_lists_are_judged_by_the_truth(tmp_path, kind, match_id, right):
    write(tmp_path, "events", json.dumps(EVENT))
    write(tmp_path, "matches", json.dumps(MATCH))
    write(tmp_path, "truth", json.dumps({"event_id": 1, "kind": kind, "match_id": match_id}))
    assert [each for _, each in judged(tmp_path, "none", 1)] == right


def test_a_link_to_a_match_whose_opponent_was_replaced_is_wrong():
    match = match_of(MATCH)
    replaced = msgspec.structs.replace(match, away=match.home)
    link = Link(event_id=1, match_id=10, state=LinkState.AUTO, confidence=1.0)
    truth = {1: {"event_id": 1, "kind": "pair", "match_id": 10}}
    assert right_of(link, truth, {10: match}, {10: match}) is True
    assert right_of(link, truth, {10: match}, {10: replaced}) is False
