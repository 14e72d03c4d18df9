"""The files of a recording: one for each day, in blocks that are compressed one by one.

Each block is a whole gzip member, so a process that is killed loses at most the last one, and any program
that knows gzip can read the file.
"""

import errno
import gzip
import os
import re
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

NAME = re.compile(r"syncd-(\d{4}-\d{2}-\d{2})\.jsonl\.gz")
FILE_MODE = 0o600
FOLDER_MODE = 0o700
LEVEL = 5

BLOCK_START = gzip.compress(b"", LEVEL, mtime=0)[:10]
"""The first bytes of each block of ours: gzip's magic, deflate, no name, no time."""

READ_BYTES = 1 << 20


class DayFile(NamedTuple):
    """The file of a day."""

    day: date
    path: Path
    size: int


class RecordBlock(NamedTuple):
    """A block of a file: its lines, or the number of bytes that could not be read."""

    lines: list[bytes]
    unreadable: int = 0


def day_files(directory: Path) -> list[DayFile]:
    """Return the files of a recording, the oldest first; other files are not ours. Raises `OSError`."""
    found = []
    for path in directory.iterdir():
        name = NAME.fullmatch(path.name)
        if name:
            found.append(DayFile(date.fromisoformat(name[1]), path, path.stat().st_size))
    return sorted(found)


def path_of(directory: Path, day: date) -> Path:
    """Return the path of a day's file."""
    return directory / f"syncd-{day.isoformat()}.jsonl.gz"


def append(path: Path, lines: bytes) -> int:
    """Append a block, for this user alone; return its compressed size. Raises `OSError`."""
    block = gzip.compress(lines, LEVEL, mtime=0)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
    try:
        # In one call: a block of another process may follow it, and never lies within it.
        written = os.write(descriptor, block)
    finally:
        os.close(descriptor)
    if written < len(block):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return len(block)


def blocks(path: Path) -> Iterator[RecordBlock]:
    """Yield the blocks of a file. What is damaged or cut off is skipped, and said. Raises `OSError`."""
    content = path.read_bytes()
    place = 0
    while place < len(content):
        text, end = _decompressed(content, place)
        if text is not None:
            yield RecordBlock(text.splitlines())
            place = end
            continue
        following = content.find(BLOCK_START, place + 1)
        end = len(content) if following < 0 else following
        yield RecordBlock([], unreadable=end - place)
        place = end


def _decompressed(content: bytes, place: int) -> tuple[bytes | None, int]:
    """Decompress the block at a place; return None if it is not whole, and where it ends."""
    inflate = zlib.decompressobj(wbits=31)
    parts, end = [], place
    try:
        while not inflate.eof and end < len(content):
            parts.append(inflate.decompress(content[end : end + READ_BYTES]))
            end += READ_BYTES
    except zlib.error:
        return None, place
    if not inflate.eof:
        return None, place
    return b"".join(parts), min(end, len(content)) - len(inflate.unused_data)
