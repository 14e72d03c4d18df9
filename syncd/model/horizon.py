"""The days whose matches count: today and so many days on, by UTC, as BetTune lists them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple


class Horizon(NamedTuple):
    """The first and the last day, both belonging to it."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [self.first + timedelta(days=ahead) for ahead in range((self.last - self.first).days + 1)]

    @property
    def start(self) -> datetime:
        """The first moment of it."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return midnight(self.last + timedelta(days=1))


def horizon(now: datetime, ahead: timedelta) -> Horizon:
    """The horizon of a moment: it ends with the day that `now + ahead` falls on."""
    return Horizon(now.astimezone(UTC).date(), (now + ahead).astimezone(UTC).date())


def midnight(day: date) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(), UTC)
