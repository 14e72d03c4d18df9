"""What the feeds of specials have in common: they ask only while somebody needs what they tell."""

from collections.abc import Callable, Collection
from typing import Generic, TypeVar

from syncd.pinnacle.answers import Raw, SpecialsAnswer
from syncd.pinnacle.client import Pinnacle
from syncd.pinnacle.feed.disbelief import Disbelief
from syncd.pinnacle.feed.memory import Memory

ReadT = TypeVar("ReadT")


class Need:
    """Whether anybody needs what some feeds tell. Whoever knows turns it; it holds from the next poll on."""

    def __init__(self, *, wanted: bool = False) -> None:
        self.wanted = wanted


class OnNeed:
    """The part of a mirror that asks only while there is a need."""

    def __init__(self, client: Pinnacle, sport_id: int, only: Collection[int], need: Need) -> None:
        self.sport_id = sport_id
        self._client = client
        self._only = only
        self._need = need

    @property
    def idle(self) -> bool:
        """Whether nobody needs specials."""
        return not self._need.wanted


class OfSpecials(OnNeed, Generic[ReadT]):
    """The part of a mirror whose answers are specials, and its memory of what their bytes mean."""

    replaces = True
    optional = True

    def __init__(
        self,
        client: Pinnacle,
        sport_id: int,
        only: Collection[int],
        need: Need,
        *,
        kind: str,
        read: Callable[[Raw], ReadT],
        empty: Callable[[int], ReadT],
    ) -> None:
        super().__init__(client, sport_id, only, need)
        disbelief: Disbelief[int] = Disbelief(kind, lambda special_id: {"special_id": special_id})
        self._memory: Memory[int, ReadT] = Memory(read, empty, disbelief)

    def nothing(self) -> SpecialsAnswer:
        """No special at all."""
        return SpecialsAnswer(last=None, specials={})

    def merge(self, older: SpecialsAnswer, newer: SpecialsAnswer) -> SpecialsAnswer:
        """The newer word on each special."""
        return SpecialsAnswer(
            last=newer.last if newer.last is not None else older.last,
            specials={**older.specials, **newer.specials},
        )

    async def prepare(self, answer: SpecialsAnswer, *, snapshot: bool) -> None:
        """Decode what was not decoded before.

        A special that cannot be believed counts as one that takes no bets.
        """
        await self._memory.take(answer.specials, snapshot=snapshot)
