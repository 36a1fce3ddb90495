"""Tables and people of the reference, in a process of its own: `python -m tests.benchmarks.naive.fill PEOPLE LONG`.

Prints a token a line. The last LONG people have a history of 1,000 entries and 20 flags.
"""

import os
import sys
import uuid
from datetime import timedelta

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.naive.settings"
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

from tests.benchmarks import documents  # noqa: E402
from tests.benchmarks.naive.models import Entry, Flag, Nerve, Pain  # noqa: E402

BATCH = 2000


def main(people: int, long: int) -> None:
    """Makes the tables and all rows."""
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # our own tables, which refer to Django's
    users = User.objects.bulk_create(User(username=f"p{number}") for number in range(people))
    tokens = [Token(user=user, key=Token.generate_key()) for user in users]
    Token.objects.bulk_create(tokens, batch_size=BATCH)
    for user in users[:-long]:
        _history(user, documents.DAYS)
    for user in users[-long:]:
        _history(user, documents.LONG)
        _flags(user)
    # All but each long history's newest entry count as pulled before.
    Entry.objects.update(updated_at=documents.NOW - timedelta(days=1))
    newest = Entry.objects.filter(owner__in=users[-long:]).order_by("owner_id", "-recorded_at")
    Entry.objects.filter(pk__in=list(newest.distinct("owner_id").values_list("pk", flat=True))).update(
        updated_at=timezone.now()
    )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print("\n".join(token.key for token in tokens))


def _history(user: User, days: int) -> None:
    entries, pains, neuro = [], [], []
    for back in range(days, 0, -1):
        said = documents.report(back)
        entry = Entry(
            owner=user,
            client_id=uuid.uuid4(),
            recorded_at=documents.NOW - timedelta(days=back),
            timezone=documents.ZONE,
            can_bear_weight=True,
            sleep=said["sleep"],
            mood=said["mood"],
        )
        entries.append(entry)
        pains += [Pain(entry=entry, **each) for each in said["pains"]]
        neuro += [Nerve(entry=entry, **each) for each in said["neuro"]]
    Entry.objects.bulk_create(entries)
    Pain.objects.bulk_create(pains)
    Nerve.objects.bulk_create(neuro)


def _flags(user: User) -> None:
    Flag.objects.bulk_create(
        Flag(
            owner=user,
            pattern="persistent-pain",
            urgency="routine",
            status="acknowledged",
            day=(documents.NOW - timedelta(days=30 * number)).date(),
            raised_at=documents.NOW - timedelta(days=30 * number),
            title="Pain that stays",
            why="The pain has been there for six weeks.",
            advice="Please speak with your physiotherapist at the next visit.",
            entry_ids=[str(uuid.uuid4())],
        )
        for number in range(documents.FLAGS)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
