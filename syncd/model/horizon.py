"""The days whose matches count: today and `bettune.horizon` on, in UTC as BetTune lists them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple


class Horizon(NamedTuple):
    """The first and the last day, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every day of the horizon."""
        return [self.first + timedelta(days=ahead) for ahead in range((self.last - self.first).days + 1)]

    @property
    def start(self) -> datetime:
        """Its first moment."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after its end."""
        return midnight(self.last + timedelta(days=1))


def horizon(now: datetime, ahead: timedelta) -> Horizon:
    """Return the horizon of a moment, which ends with the day of `now + ahead`."""
    return Horizon(now.astimezone(UTC).date(), (now + ahead).astimezone(UTC).date())


def midnight(day: date) -> datetime:
    """Return the first moment of a day."""
    return datetime.combine(day, time(), UTC)
