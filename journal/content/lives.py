"""All flags of a patient in the making, and what clinicians did with each of them (G10, G11)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from journal.content.flag import Action, RaisedFlag
from journal.content.life import Life, cut

JOIN_DAYS = 14  # G10, G11
ACKNOWLEDGED_DAYS = 90  # G10


class Lives:
    """The flags by pattern, oldest first, with the actions on them."""

    def __init__(self, flags: Iterable[RaisedFlag], actions: Iterable[Action], *, before: date) -> None:
        """The flags as they stood before that day; those raised later are left out."""
        self._by_pattern: dict[str, list[Life]] = defaultdict(list)
        self._actions: dict[str, list[Action]] = defaultdict(list)
        for action in sorted(actions, key=lambda a: (a.day, a.kind, a.raised)):
            self._actions[action.pattern].append(action)
        self.follow(flags, after=date.min, before=before)

    def add(self, flag: RaisedFlag) -> Life:
        life = Life(flag)
        self._by_pattern[flag.pattern].append(life)
        return life

    def of(self, pattern: str) -> list[Life]:
        return self._by_pattern.get(pattern, [])

    def all(self) -> Iterator[Life]:
        return (life for lives in self._by_pattern.values() for life in lives)

    def latest(self, pattern: str, key: str) -> Life | None:
        return next((one for one in reversed(self.of(pattern)) if key in one.met), None)

    def acted(self, life: Life, kind: str | None, until: date, today: date) -> tuple[date, ...]:
        """Days up to `until` on which a clinician acted on this flag, oldest first (kind None: in any way).

        An action is bound to the day its flag was raised. When late or edited data moved that day, it counts
        for the flags of the pattern that stood then and share a key. An action on a flag raised on `today`
        says nothing about earlier flags yet: whether there is such a flag is just being decided.
        """
        flag = life.flag
        return tuple(
            action.day
            for action in self._actions.get(flag.pattern, ())
            if kind in {None, action.kind} and action.day <= until
            if action.raised == flag.day or (action.raised < today and self._moved_to(action, life))
        )

    def _moved_to(self, action: Action, life: Life) -> bool:
        if any(other.flag.day == action.raised for other in self.of(action.pattern)):
            return False
        return life.flag.day <= action.day and not action.keys.isdisjoint(life.flag.keys)

    def resolved_on(self, life: Life, day: date) -> date | None:
        """The day of its resolution, when that lies before `day` (it takes effect from the next day)."""
        done = self.acted(life, "resolve", day - timedelta(days=1), day)
        return done[0] if done else None

    def is_open(self, life: Life, key: str | None, day: date) -> bool:
        last = life.last_met(key)
        recent = last is not None and timedelta(1) <= day - last <= timedelta(days=JOIN_DAYS)
        return recent and self.resolved_on(life, day) is None

    def was_live(self, life: Life, key: str | None, day: date) -> bool:
        return life.last_met(key) == day or self.is_open(life, key, day)

    def outlook(self, day: date) -> dict[str, list[Any]]:
        """All that what is decided after that day can depend on; equal outlooks have the same future.

        A flag last met over two weeks ago on which nobody acted lately is for the future as if it had never
        been, unless it is the latest with its key and stands before an older one that does matter.
        """
        found = {}
        for pattern, lives in self._by_pattern.items():
            first = next((n for n, life in enumerate(lives) if self._may_matter(life, day)), None)
            if first is not None:
                found[pattern] = [(one.flag.day, one.met, self._bound(one, day)) for one in lives[first:]]
        return found

    def _may_matter(self, life: Life, day: date) -> bool:
        met = life.last_met(None)
        if met is not None and day - met < timedelta(days=JOIN_DAYS):
            return True
        return any(day - acted < timedelta(days=ACKNOWLEDGED_DAYS) for _, acted in self._bound(life, day))

    def _bound(self, life: Life, day: date) -> list[tuple[str, date]]:
        tomorrow = day + timedelta(days=1)
        kinds = ("acknowledge", "resolve")
        return [(kind, one) for kind in kinds for one in self.acted(life, kind, date.max, tomorrow)]

    def follow(self, flags: Iterable[RaisedFlag], *, after: date, before: date) -> None:
        """Takes over what these flags (oldest first) tell of the days between the two, which are no part."""
        for flag in flags:
            if flag.day >= before:
                continue
            if flag.day > after:
                self.add(cut(flag, before))
                continue
            life = next((one for one in self.of(flag.pattern) if one.flag.day == flag.day), None)
            if life is not None:
                life.follow(flag, after, before)
