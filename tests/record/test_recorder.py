"""A recording holds every exchange, never makes the work wait, and survives what befalls files."""

import gzip
import json
import stat
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.record import lines, recorder
from syncd.record.files import append, blocks, day_files, path_of
from syncd.record.recorder import Recorder
from syncd.record.recording import contents, exchanges, missing_days
from syncd.runtime.exchange import Exchange

NOON = datetime(2026, 3, 7, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def exchange(at: datetime = NOON, body: bytes = b'{"last":1}', path: str = "/v1/odds") -> Exchange:
    return Exchange(at, "GET", path, {"sportId": "29"}, b"", 200, 0.25, body)


@contextmanager
def recording(directory: Path, **options):
    options = {"max_bytes": 10**9, "max_age": 90 * DAY, "block_seconds": 0.05} | options
    found = Recorder(directory, **options)
    found.start()
    try:
        yield found
    finally:
        found.stop()


def recorded(directory: Path):
    return [each for file in day_files(directory) for each in exchanges(file.path)]


def test_what_was_taken_is_read_again_in_order(tmp_path):
    with recording(tmp_path) as found:
        found.of("pinnacle")(exchange())
        found.of("bettune")(exchange(NOON + timedelta(seconds=1), body=b"\xff\x00", path="/filters"))
    one, other = recorded(tmp_path)
    assert (one.service, one.at, one.path, one.params, one.content) == (
        "pinnacle", NOON, "/v1/odds", {"sportId": "29"}, b'{"last":1}',
    )  # fmt: skip
    assert (other.service, other.content) == ("bettune", b"\xff\x00")
    assert (found.recorded, found.lost, found.failure) == (2, 0, "")


def test_each_day_has_a_file_for_its_user_alone_that_gzip_can_read(tmp_path):
    directory = tmp_path / "new" / "record"
    with recording(directory) as found:
        for day in range(2):
            found.of("pinnacle")(exchange(NOON + day * DAY))
    first, second = day_files(directory)
    assert [first.day.day, second.day.day] == [7, 8]
    assert stat.S_IMODE(first.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert json.loads(gzip.decompress(first.path.read_bytes()))["status"] == 200


def test_the_oldest_days_go_beyond_the_size_and_the_age(tmp_path):
    for day in range(5):
        append(path_of(tmp_path, (NOON + day * DAY).date()), lines.encode("pinnacle", exchange()))
    with recording(tmp_path, max_age=2 * DAY) as found:
        found.of("pinnacle")(exchange(NOON + 5 * DAY))
    assert [each.day.day for each in day_files(tmp_path)] == [10, 11, 12]
    size = sum(each.size for each in day_files(tmp_path)[1:])
    with recording(tmp_path, max_bytes=size + 200) as found:
        found.of("pinnacle")(exchange(NOON + 5 * DAY))
    assert [each.day.day for each in day_files(tmp_path)] == [11, 12]


def test_a_disk_that_is_nearly_full_or_fails_costs_the_recording_and_nothing_else(tmp_path):
    free = [0]
    with recording(tmp_path, free_bytes=lambda _: free[0]) as found:
        found.of("pinnacle")(exchange())
        wait_until(lambda: found.failure)
        assert "free on the disk" in found.failure
        free[0] = 10**12
        found.of("pinnacle")(exchange(NOON + timedelta(seconds=2)))
        wait_until(lambda: not found.failure)
    (one,) = recorded(tmp_path)
    assert one.lost == 1
    (tmp_path / "file").write_text("in the way")
    with recording(tmp_path / "file") as found:
        found.of("pinnacle")(exchange())
        wait_until(lambda: found.failure)


def test_what_comes_faster_than_it_can_be_written_is_dropped_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(recorder, "WAITING_BYTES", 100)
    with recording(tmp_path, block_seconds=0.3) as found:
        for _ in range(5):
            found.of("pinnacle")(exchange(body=b"x" * 40))
        assert found.lost == 3
        time.sleep(0.6)
        found.of("pinnacle")(exchange())
    assert [each.lost for each in recorded(tmp_path)] == [0, 0, 3]


def wait_until(reached, seconds: float = 10):
    give_up = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def written(directory: Path, number: int) -> tuple[Path, list[int]]:
    """A file of so many blocks, and where each ends."""
    path, ends = path_of(directory, NOON.date()), []
    for second in range(number):
        at = NOON + timedelta(seconds=second)
        append(path, lines.encode("pinnacle", exchange(at, body=str(second).encode() * 300)))
        ends.append(path.stat().st_size)
    return path, ends


@given(st.integers(0, 2000))
def test_a_file_that_is_cut_anywhere_loses_only_what_is_cut(tmp_path_factory, cut: int):
    path, ends = written(tmp_path_factory.mktemp("record"), 4)
    size = min(cut, ends[-1])
    path.write_bytes(path.read_bytes()[:size])
    whole = sum(end <= size for end in ends)
    assert len(list(exchanges(path))) == whole
    (file,) = day_files(path.parent)
    assert contents(file).unreadable_bytes == size - ([0, *ends][whole])
    # What is appended after the cut is read again.
    append(path, lines.encode("pinnacle", exchange()))
    assert len(list(exchanges(path))) == whole + 1


@given(st.integers(0, 1500), st.binary(min_size=1, max_size=20))
def test_damage_in_the_middle_costs_its_block_at_most(tmp_path_factory, place: int, damage: bytes):
    path, ends = written(tmp_path_factory.mktemp("record"), 5)
    content = bytearray(path.read_bytes())
    place = min(place, len(content) - len(damage))
    content[place : place + len(damage)] = damage
    path.write_bytes(content)
    damaged = sum(
        start < place + len(damage) and place < end for start, end in zip([0, *ends], ends, strict=False)
    )
    assert len(list(exchanges(path))) >= 5 - damaged


def test_gaps_a_clock_that_is_set_back_missing_days_and_invalid_lines_are_reported(tmp_path):
    minutes = [0, 1, 30, 29]
    found = b"".join(lines.encode("pinnacle", exchange(NOON + timedelta(minutes=each))) for each in minutes)
    append(path_of(tmp_path, NOON.date()), found + b"no json\n")
    append(path_of(tmp_path, (NOON + 2 * DAY).date()), lines.encode("bettune", exchange(path="/matches/17")))
    first, second = day_files(tmp_path)
    found_first = contents(first)
    assert [(gap.since.minute, gap.until.minute) for gap in found_first.gaps] == [(1, 30)]
    assert (found_first.set_back, found_first.invalid_lines, found_first.exchanges) == (1, 1, 4)
    assert found_first.by_request == {"pinnacle GET /v1/odds 200": 4}
    assert contents(second).by_request == {"bettune GET /matches/{id} 200": 1}
    assert missing_days([first, second]) == [(NOON + DAY).date()]


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08", b"not gzip at all"])
def test_a_file_without_any_block_has_no_exchange(tmp_path, content):
    path = path_of(tmp_path, NOON.date())
    path.write_bytes(content)
    assert [line for block in blocks(path) for line in block.lines] == []
