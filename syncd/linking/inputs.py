"""Events and aliases as the linker, and what explains its links, need them."""

from syncd.config.settings import Settings
from syncd.matching import aliases
from syncd.matching.aliases import Aliases
from syncd.matching.records import Fixture
from syncd.model.feed import EventState
from syncd.model.openness import is_open_status


def fixture_of(state: EventState, *, has_prices: bool) -> Fixture:
    """Return an event as the linker needs it; of twins, it links the one that is open and has prices."""
    return Fixture(
        event=state.event, league=state.league.name, priced=is_open_status(state.event.status) and has_prices
    )


def aliases_of(settings: Settings) -> Aliases:
    """Return the aliases of the user's file. Raises `AliasError`, or what reading a file may raise."""
    path = settings.matching.aliases
    return aliases.parse(path.read_text(encoding="utf-8"), str(path)) if path else Aliases()
