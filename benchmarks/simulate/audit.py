"""Watches who writes what: the guard beside a healthy daemon, over what people did, and what the log says."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.simulate.guard import GUARD
from syncd.model.bettune import Pair
from syncd.simulator.bettune_account import ReceivedWrite

NOTICED_WITHIN_S = 4800.0
"""Until a daemon must have noticed what a user did: `resync_every`, and the longest fault before it."""

TRUSTED_AFTER_S = 180.0
"""A daemon that has been well for so long must not be fought: the guard has looked several times since."""

SAID_WITHIN_S = 900.0
"""A write that the log reports was carried out lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongWrite:
    """A write that should not have been made, or a word that is not true."""

    at: float
    rule: str
    text: str


class Audit:
    """Judges each write by its author, and each claim of the log by the writes."""

    def __init__(
        self,
        now: Callable[[], float],
        actual: Callable[[Pair], Decimal | None],
        well_since: Callable[[], float | None],
    ) -> None:
        """`actual`: what BetTune has for a pair; `well_since`: since when some daemon has been well."""
        self._now = now
        self._actual = actual
        self._well_since = well_since
        self._edits: dict[Pair, tuple[float, bool]] = {}
        self._received: dict[Pair, deque[tuple[float, Decimal | None]]] = {}
        self.wrong: list[WrongWrite] = []
        self.claims = 0
        """How many words of the log were compared with the writes."""

    def edited(self, pair: Pair) -> None:
        """Note that a user has changed or deleted our prediction."""
        self._edits[pair] = (self._now(), self._actual(pair) is None)

    def forget_edits(self) -> None:
        """Note that nothing in a database remembers what people deleted."""
        self._edits = {pair: edit for pair, edit in self._edits.items() if not edit[1]}

    def wrote(self, write: ReceivedWrite, author: str) -> None:
        """Judge a write that BetTune has carried out."""
        odds = None if write.after is None else write.after.odds
        self._received.setdefault(write.pair, deque(maxlen=8)).append((write.seconds, odds))
        self._judge_edit(write)
        if author.startswith(GUARD) and write.before is not None and self._well_for_s() > TRUSTED_AFTER_S:
            self._blame("guard_fights", f"{write.pair}: deleted, a daemon has been well for minutes")

    def said(self, event: str, level: str, fields: dict[str, Any]) -> None:
        """Compare what the daemon has just logged with what happened."""
        if event != "prediction_written" or level != "info":
            return
        self.claims += 1
        pair = Pair(fields["filter_id"], fields["match_id"])
        after = None if fields["after"] is None else Decimal(fields["after"])
        since = self._now() - SAID_WITHIN_S
        lately = [odds for at, odds in self._received.get(pair, ()) if at >= since]
        # What BetTune made of the odds that it was sent is another matter.
        if not any((odds is None) == (after is None) for odds in lately) and self._actual(pair) != after:
            self._blame("untrue", f"the log says that {pair} was set to {after}, but nothing was written")

    def _well_for_s(self) -> float:
        well_since = self._well_since()
        return 0.0 if well_since is None else self._now() - well_since

    def _judge_edit(self, write: ReceivedWrite) -> None:
        at, was_deleted = self._edits.get(write.pair, (float("inf"), False))
        if write.before is not None and write.before.source == "ui":
            self._edits.pop(write.pair, None)
            if write.seconds - at > NOTICED_WITHIN_S or at == float("inf"):
                self._blame("by_hand", f"{write.pair}: a prediction by hand was overwritten")
        elif was_deleted and write.before is None and write.after is not None:
            self._edits.pop(write.pair)
            if write.seconds - at > NOTICED_WITHIN_S:
                self._blame("revived", f"{write.pair}: deleted by hand, and made again")

    def _blame(self, rule: str, text: str) -> None:
        self.wrong.append(WrongWrite(at=self._now(), rule=rule, text=text))
