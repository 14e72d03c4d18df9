"""Real matches under two providers' names, with truth: see `benchmarks/matching.py` for the whole set."""

import pytest

from benchmarks.matching import link_task, rows
from syncd.model.link import LinkState


@pytest.mark.parametrize(
    ("task", "least"),
    [
        ("pinnacle-fs__2025-03-31", 0.97),
        ("pinnacle-bf__2025-03-31", 0.96),
        ("bf-fs__2025-09-29", 0.95),
        ("stress-bf-fs__2025-10-27", 0.95),
    ],
)
def test_no_link_is_wrong_and_few_are_missing(shared_dir, task, least):
    directory = shared_dir / "matching" / "dev"
    truth = {
        row["event_id"]: row for row in rows(directory / f"{task}.truth.jsonl.gz") if row["kind"] != "ignore"
    }
    links, _, _ = link_task(directory, task, [])
    automatic = {link.event_id: link.match_id for link in links if link.state is LinkState.AUTO}
    assert {
        event: match
        for event, match in automatic.items()
        if truth.get(event, {}).get("match_id", match) != match
    } == {}
    wanted = {row["match_id"] for row in truth.values() if row["kind"] == "pair"}
    assert len(wanted & set(automatic.values())) >= least * len(wanted)
