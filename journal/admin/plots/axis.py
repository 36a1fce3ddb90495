"""Where a day stands from left to right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from journal.admin import moments
from journal.insight.periods import Period

WIDTH = 760
GUTTER, WIDEST_GUTTER = 180, 260  # names of the lanes
MARGIN = 12


@dataclass(frozen=True, slots=True)
class Tick:
    """A label under the days; `x` is the middle of its day."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring days, from left edge on."""

    x: float
    width: float
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Axis:
    """Days are equally wide and fill the plot, the first at the left."""

    period: Period
    width: float = WIDTH
    left: float = GUTTER

    @property
    def right(self) -> float:
        return self.width - MARGIN

    @property
    def step(self) -> float:
        """Width of a day."""
        return (self.right - self.left) / self.period.length

    def edge(self, day: date) -> float:
        """The left edge of a day."""
        return round(self.left + (day - self.period.first).days * self.step, 2)

    def middle(self, day: date) -> float:
        return round(self.edge(day) + self.step / 2, 2)

    def stretches(self, days: Iterable[date]) -> Iterator[Stretch]:
        """Runs of neighbouring days, each as one piece."""
        run: list[date] = []
        for day in sorted(days):
            if run and day - run[-1] > timedelta(days=1):
                yield self._stretch(run)
                run = []
            run.append(day)
        if run:
            yield self._stretch(run)

    def _stretch(self, run: list[date]) -> Stretch:
        return Stretch(self.edge(run[0]), round(len(run) * self.step, 2), run[0], run[-1])

    def ticks(self) -> list[Tick]:
        """The first of each month over half a year, else a day every so often, counted back from the last."""
        if self.period.length > 180:
            days = [day for day in self.period.dates if day.day == 1]
            return [Tick(self.middle(day), moments.month(day)) for day in days]
        every = {7: 1, 28: 7}.get(self.period.length, 7 if self.period.length < 50 else 14)
        days = list(self.period.dates[::-1][::every])[::-1]
        return [Tick(self.middle(day), f"{day.day} {moments.month(day)}") for day in days]
