"""Events and aliases as the linker, and what explains its links, need them."""

from pathlib import Path
from typing import Final

from syncd.config.plain_file import read_plain
from syncd.matching import aliases
from syncd.matching.aliases import AliasError, Aliases
from syncd.matching.records import Fixture
from syncd.model.feed import EventState
from syncd.model.openness import is_open_status

MAX_ALIAS_FILE_BYTES: Final = 16 * 1024 * 1024


def fixture_of(state: EventState, *, has_prices: bool) -> Fixture:
    """Return an event as the linker needs it; of twins, it links the one that is open and has prices."""
    return Fixture(
        event=state.event, league=state.league.name, priced=is_open_status(state.event.status) and has_prices
    )


def read_aliases(path: Path) -> Aliases:
    """Read the user's alias file. Raises `AliasError`, whatever is wrong with the file or in it."""
    try:
        text = read_plain(path, MAX_ALIAS_FILE_BYTES)
    except UnicodeDecodeError:
        raise AliasError(f"{path}: cannot be read: it is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file can have this name"
        raise AliasError(f"{path}: cannot be read: {reason or 'it is a directory'}") from error
    return aliases.parse(text, str(path))
