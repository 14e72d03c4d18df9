"""Alerts about links whose results differ: one for each, until it is resolved."""

from datetime import datetime

import structlog

from syncd.matching.results import Because, VerdictKind
from syncd.runtime.alerts import Alerts
from syncd.store import links, verifications
from syncd.store.connection import AsyncConnection
from syncd.store.links import Rejection
from syncd.store.verifications import Verification

log = structlog.get_logger(__name__)

SUBJECT = "result"


class ResultAlerts:
    """Fires an alert for each link that carried predictions and whose results differ.

    It is resolved when a result is corrected, when a user has decided, and when the game is older than
    `matching.results`.
    """

    def __init__(self, alerts: Alerts) -> None:
        self._alerts = alerts
        self._alerted: set[int] = set()

    async def follow(self, conn: AsyncConnection, since: datetime) -> None:
        """Fire and resolve alerts so that they are those of the store."""
        found = await verifications.load_since(conn, since, [VerdictKind.DIFFERS])
        rejected = await links.load_rejections(conn)
        wrong = {
            event_id: each
            for event_id, each in found.items()
            if each.carried_predictions and Rejection(event_id, each.link.match_id) not in rejected
        }
        for event_id in self._alerted - wrong.keys():
            self._alerts.resolve(_subject(event_id))
        for event_id in wrong.keys() - self._alerted:
            self._fire(wrong[event_id])
        self._alerted = set(wrong)

    def _fire(self, found: Verification) -> None:
        link = found.link
        log.warning(
            "results_differ",
            event_id=link.event_id,
            match_id=link.match_id,
            pinnacle=found.pinnacle.text if found.pinnacle else "",
            bettune=found.bettune.text if found.bettune else "",
        )
        self._alerts.fire(_subject(link.event_id), _message(found), notify=True)


def _subject(event_id: int) -> str:
    return f"{SUBJECT}.{event_id}"


def _message(found: Verification) -> str:
    link = found.link
    pinnacle = found.pinnacle.text if found.pinnacle else "no result"
    bettune = found.bettune.text if found.bettune else "no result"
    exchanged = (
        "; home and away may be exchanged, then every price was on the wrong side"
        if found.verdict.because is Because.EXCHANGED_SCORE
        else ""
    )
    ids = f"{link.event_id} {link.match_id}"
    return (
        f"{link.event_title} (event {link.event_id}) ended {pinnacle} at Pinnacle, but the match that it was"
        f" linked to, {link.match_title} (match {link.match_id}), ended {bettune} at BetTune{exchanged}."
        " What the link taught is taken back, and other links of these names wait for review"
        f" (`syncd matches --review`). If it was wrong: syncd reject {ids}. If it was right: syncd link {ids}"
    )
