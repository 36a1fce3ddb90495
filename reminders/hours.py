"""A clinic's working hours: which instants lie within them, and when the next one comes. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from reminders import schedule

Span = tuple[time, time]
# What holds for a clinic that has set nothing: Monday to Friday, eight to six.
USUAL: Mapping[int, Span] = dict.fromkeys(range(5), (time(8), time(18)))
HORIZON_DAYS = 366


@dataclass(frozen=True)
class Hours:
    """Local opening and closing time by weekday (Monday is 0), but for the holidays."""

    zone: ZoneInfo
    week: Mapping[int, Span]
    holidays: frozenset[date] = frozenset()

    def today(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        """From when until when a local day is worked, in UTC; None when it is not.

        A change of the clocks that swallows the whole of it leaves nothing to work in.
        """
        if day in self.holidays or day.weekday() not in self.week:
            return None
        opens, closes = (
            schedule.instant(datetime.combine(day, wall), self.zone) for wall in self.week[day.weekday()]
        )
        return (opens, closes) if opens < closes else None

    def open_at(self, at: datetime) -> bool:
        span = self.span(self.today(at))
        return span is not None and span[0] <= at < span[1]

    def next_open(self, at: datetime) -> datetime:
        """The instant itself within working hours, else the next opening, in UTC.

        A clinic that is closed for a whole year is told at once: a flag must not wait for ever.
        """
        now = at.astimezone(UTC)
        first = next((span for span in self._spans(at) if now < span[1]), None)
        return max(first[0], now) if first else now

    def next_morning(self, at: datetime) -> datetime:
        """The first opening on a later local day; a day later for a clinic that never opens."""
        now = at.astimezone(UTC)
        later = (span for span in self._spans(at) if self.today(span[0]) > self.today(at))
        first = next(later, None)
        return first[0] if first else now + timedelta(days=1)

    def _spans(self, at: datetime) -> Iterator[tuple[datetime, datetime]]:
        today = self.today(at)
        days = (today + timedelta(days=ahead) for ahead in range(HORIZON_DAYS))
        return (span for span in map(self.span, days) if span)
