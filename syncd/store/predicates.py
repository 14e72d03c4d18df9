"""The rules of `syncd.model.openness` and of `Actual` as SQL, built from the same constants."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_

from syncd.model.change import Owner
from syncd.model.openness import OPEN_STATUSES
from syncd.store.schema import events, predictions, specials

EVENT_IS_LISTED = events.c.gone_at.is_(None) & (events.c.missed == 0)
"""`EventState.listed`."""

SPECIAL_IS_LISTED = specials.c.gone_at.is_(None) & (specials.c.missed == 0)
"""`SpecialState.listed`."""

PREDICTION_IS_ACTIVE = (predictions.c.owner == Owner.OURS.value) & predictions.c.odds.is_not(None)
"""`Actual.is_active`."""


def event_takes_bets(now: datetime) -> ColumnElement[bool]:
    """Return whether an event takes bets and has not kicked off; `now` is by Pinnacle's clock."""
    return EVENT_IS_LISTED & events.c.status.in_(OPEN_STATUSES) & (events.c.starts > now)


def special_is_ahead(now: datetime) -> ColumnElement[bool]:
    """Return whether a special is listed and its cutoff lies ahead; `now` is by Pinnacle's clock."""
    return SPECIAL_IS_LISTED & or_(specials.c.cutoff.is_(None), specials.c.cutoff > now)
