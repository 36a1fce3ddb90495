"""A flag in the making: the days it was met, and the entries that were evidence."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from journal.content.flag import RaisedFlag


class Life:
    """A flag in the making, and what was done with it."""

    def __init__(self, flag: RaisedFlag) -> None:
        self.flag = flag
        self.met = {key: list(days) for key, days in flag.met.items()}
        self.evidence = {day: list(ids) for day, ids in flag.evidence.items()}
        self.covered = {pattern: list(days) for pattern, days in flag.covered.items()}

    def saw(self, day: date, entry_ids: Iterable[str]) -> None:
        seen = self.evidence.setdefault(day, [])
        seen.extend(one for one in entry_ids if one not in seen)

    def last_met(self, key: str | None) -> date | None:
        """The key's last met day; of the whole flag for None."""
        if key is None:
            return max(days[-1] for days in self.met.values())
        return self.met[key][-1] if key in self.met else None

    def follow(self, flag: RaisedFlag, after: date, before: date) -> None:
        """Takes over what the same flag, as known from elsewhere, tells of the days between the two."""
        for key, days in flag.met.items():
            # A key that is new or gone was met long ago (`Lives.outlook`): there is nothing to take over.
            if later := [day for day in days if after < day < before]:
                self.met[key].extend(later)
        for day, ids in flag.evidence.items():
            if after < day < before:
                self.saw(day, ids)
        for pattern, days in flag.covered.items():
            if later := [day for day in days if after < day < before]:
                self.covered.setdefault(pattern, []).extend(later)

    def done(self) -> RaisedFlag:
        return replace(
            self.flag,
            met={key: tuple(days) for key, days in self.met.items()},
            evidence={day: tuple(ids) for day, ids in sorted(self.evidence.items())},
            covered={pattern: tuple(days) for pattern, days in sorted(self.covered.items())},
        )


def cut(flag: RaisedFlag, since: date) -> RaisedFlag:
    """The flag as it stood before that day."""
    return replace(
        flag,
        met={key: tuple(day for day in days if day < since) for key, days in flag.met.items()},
        evidence={day: ids for day, ids in flag.evidence.items() if day < since},
        covered={
            p: kept for p, days in flag.covered.items() if (kept := tuple(d for d in days if d < since))
        },
    )
