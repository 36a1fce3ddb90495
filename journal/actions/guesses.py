"""The one counter of guesses at a secret, whichever door they come to.

A guess is counted before it is looked at, by one statement that also decides whether it may be: however many
come at once, no more than the limit pass. Limits slide: they hold for any five minutes and any day.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import connection

from journal.accounts.models import Guesses

DAY = timedelta(days=1)
WINDOW = timedelta(minutes=5)

COUNT = """
    INSERT INTO accounts_guesses AS known (key, at) VALUES (%(key)s, ARRAY[%(at)s::timestamptz])
    ON CONFLICT (key) DO UPDATE
    SET at = ARRAY(SELECT moment FROM unnest(known.at) moment WHERE moment > %(yesterday)s)
             || %(at)s::timestamptz
    WHERE (SELECT count(*) FROM unnest(known.at) moment WHERE moment > %(lately)s) < %(in_window)s
      AND (SELECT count(*) FROM unnest(known.at) moment WHERE moment > %(yesterday)s) < %(in_a_day)s
    RETURNING key
"""
TAKE_BACK = "UPDATE accounts_guesses SET at = array_remove(at, %s::timestamptz) WHERE key = ANY(%s)"


@dataclass(frozen=True)
class Limit:
    """So many guesses for one key, hashed with the server's secret, in any five minutes and in any day."""

    key: str
    in_window: int
    in_a_day: int


def limit(kind: str, name: str, in_window: int, in_a_day: int) -> Limit:
    """`name` is an account or an address; it is kept as a keyed hash, for either may tell of a person."""
    key = hmac.new(settings.SECRET_KEY.encode(), f"guess:{kind}:{name}".encode(), sha256).hexdigest()
    return Limit(key, in_window, in_a_day)


def count(*, at: datetime, limits: Sequence[Limit]) -> timedelta | None:
    """Counts one guess for each limit; None when it may be looked at, else how long to wait.

    A guess that is refused isn't counted, so whoever goes on guessing doesn't put off the end of the wait.
    """
    passed: list[str] = []
    for one in limits:
        if not _counted(one, at):
            take_back(at=at, keys=passed)
            return _wait(one, at)
        passed.append(one.key)
    return None


def take_back(*, at: datetime, keys: Sequence[str]) -> None:
    """The secret was right: it was no guess."""
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(TAKE_BACK, [at, list(keys)])


def forget(*, at: datetime) -> int:
    """Removes keys of which nobody has guessed for a day; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM accounts_guesses WHERE NOT EXISTS"
            " (SELECT 1 FROM unnest(at) moment WHERE moment > %s)",
            [at - DAY],
        )
        return int(cursor.rowcount)


def _counted(one: Limit, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            COUNT,
            {
                "key": one.key,
                "at": at,
                "lately": at - WINDOW,
                "yesterday": at - DAY,
                "in_window": one.in_window,
                "in_a_day": one.in_a_day,
            },
        )
        return cursor.fetchone() is not None


def _wait(one: Limit, at: datetime) -> timedelta:
    """Until the oldest guess that stands in the way no longer counts."""
    moments = Guesses.objects.values_list("at", flat=True).get(key=one.key)
    today = sorted(moment for moment in moments if moment > at - DAY)
    if len(today) >= one.in_a_day:
        return today[len(today) - one.in_a_day] + DAY - at
    lately = [moment for moment in today if moment > at - WINDOW]
    return lately[len(lately) - one.in_window] + WINDOW - at if len(lately) >= one.in_window else WINDOW
