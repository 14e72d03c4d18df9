"""The recorder: takes exchanges from the work without ever making it wait, and writes them in a thread."""

import shutil
import threading
from collections import deque
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from syncd.record import files, lines
from syncd.record.lines import Service
from syncd.runtime.exchange import Exchange, RecordExchange

WAITING_BYTES = 64 << 20
"""More than this is not kept in memory: what comes while the disk is slower is lost, and counted."""

BLOCK_BYTES = 4 << 20
BLOCK_SECONDS = 5.0
"""The size of a block, about, and the time between two looks at what has come."""

FREE_BYTES = 1 << 30
"""With less space left on the disk nothing is recorded: the database may need it."""

STOP_WITHIN_S = 5.0


class _Item(NamedTuple):
    service: Service
    exchange: Exchange
    lost: int


class Recorder:
    """Records exchanges into a directory, the oldest days deleted beyond `max_bytes` and `max_age`."""

    def __init__(
        self,
        directory: Path,
        *,
        max_bytes: int,
        max_age: timedelta,
        free_bytes: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
        block_seconds: float = BLOCK_SECONDS,
    ) -> None:
        self.failure = ""
        """The reason why nothing is recorded now. Empty while all is well."""
        self.recorded = 0
        self.lost = 0
        """Exchanges that could not be recorded."""
        self._directory = directory
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._free_bytes = free_bytes
        self._block_seconds = block_seconds
        self._items: deque[_Item] = deque()
        self._stopped = threading.Event()
        self._waiting = 0
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, for some seconds at most. It blocks."""
        self._stopped.set()
        self._thread.join(STOP_WITHIN_S)

    def of(self, service: Service) -> RecordExchange:
        """Return what records the exchanges with one service."""
        return partial(self._take, service)

    def _take(self, service: Service, exchange: Exchange) -> None:
        size = _size(exchange)
        with self._lock:
            if self._waiting + size > WAITING_BYTES:
                self.lost += 1
                return
            self._waiting += size
            lost = self.lost
        self._items.append(_Item(service, exchange, lost))

    def _run(self) -> None:
        """Write what has come, again and again.

        The thread sleeps meanwhile: one that each exchange woke would take the interpreter from the work just
        when a price has come.
        """
        reported, stopped = 0, False
        while not stopped:
            stopped = self._stopped.wait(self._block_seconds)
            while items := self._take_block():
                reported = self._write(items, reported)
                with self._lock:
                    self._waiting -= sum(_size(each.exchange) for each in items)

    def _take_block(self) -> list[_Item]:
        items: list[_Item] = []
        size = 0
        while self._items and size < BLOCK_BYTES:
            items.append(self._items.popleft())
            size += _size(items[-1].exchange)
        return items

    def _write(self, items: list[_Item], reported: int) -> int:
        """Write the items, and return how many lost ones are said by now."""
        by_day: dict[date, list[bytes]] = {}
        for item in items:
            line = lines.encode(item.service, item.exchange, item.lost - reported)
            reported = item.lost
            by_day.setdefault(item.exchange.at.date(), []).append(line)
        try:
            self._require_space()
            for day, found in by_day.items():
                files.append(files.path_of(self._directory, day), b"".join(found))
            self._delete_old(max(by_day))
        except OSError as error:
            self._failed(f"{error.strerror or error}", len(items))
        else:
            self.failure = ""
            self.recorded += len(items)
        return reported

    def _failed(self, reason: str, lost: int) -> None:
        self.failure = reason
        with self._lock:
            self.lost += lost

    def _require_space(self) -> None:
        self._directory.mkdir(mode=files.FOLDER_MODE, parents=True, exist_ok=True)
        if self._free_bytes(self._directory) < FREE_BYTES:
            raise OSError(f"less than {FREE_BYTES >> 30} GB is free on the disk")

    def _delete_old(self, today: date) -> None:
        """Delete the oldest days that are too much or too old; never the newest one."""
        found = files.day_files(self._directory)
        total = sum(each.size for each in found)
        for each in found[:-1]:
            if total <= self._max_bytes and today - each.day <= self._max_age:
                return
            each.path.unlink(missing_ok=True)
            total -= each.size
        if total > self._max_bytes:
            raise OSError("the file of today alone is larger than record.max_size")


def _size(exchange: Exchange) -> int:
    return len(exchange.body) + len(exchange.sent)
