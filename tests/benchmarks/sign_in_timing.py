"""Whether the time of an answer tells of an account: `python -m tests.benchmarks.sign_in_timing [rounds]`.

It takes the database of the environment, whose tables must be there (`manage.py migrate --database owner`):

    export OSTEON_DEMO=on PATH="$PWD/.venv/bin:$PATH"
    python -m api.stack exec -- sh -c 'python manage.py migrate --database owner --verbosity 0 &&
      python -m tests.benchmarks.sign_in_timing 200'

Logins with a wrong password and requests for a reset, in shuffled turns, for an account that exists and for
each kind of one that doesn't open. AUC is the chance that an answer for the existing one took longer than one
for the other (or shorter, when that is likelier): 0.5 means that nobody can tell. Measured as CPU time of the
thread that answers, and by the clock, which other work blurs. Nothing is asserted, all is rolled back; that
the same statements are sent and as many hashes made is asserted by tests/api/test_same_work.py.
"""

import json
import logging
import os
import random
import statistics
import sys
import time
from itertools import product

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api.settings")
django.setup()

from allauth.account.models import EmailAddress  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from journal.accounts.models import Guesses, User  # noqa: E402

ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 25
PASSWORD = "a long walk by the sea"
AUTH = "/_allauth/app/v1/auth"
KINDS = ("existing", "missing", "disabled", "password-less")
CLOCKS = {"cpu": time.thread_time, "wall": time.perf_counter}
DOORS = {"login": f"{AUTH}/login", "reset": f"{AUTH}/password/request"}


def main() -> None:
    """Prints the table."""
    logging.disable(logging.CRITICAL)  # two lines a request
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.ALLOWED_HOSTS = ["testserver"]
    with transaction.atomic():
        _accounts()
        took = _measured()
        transaction.set_rollback(True)
    print(f"{ROUNDS} answers each, in turns")
    print(f"{'':24} {'ms CPU':>8} {'AUC':>6} {'ms':>8} {'AUC':>6}")
    for door, kind in product(DOORS, KINDS):
        columns = []
        for clock in CLOCKS:
            other, existing = took[door, kind, clock], took[door, "existing", clock]
            columns.append(f"{statistics.median(other) * 1000:8.1f} {auc(existing, other):6.2f}")
        print(f"{door + ', ' + kind:24} {' '.join(columns)}")


def auc(ones: list[float], others: list[float]) -> float:
    """The chance that one of the first took longer than one of the second, ties halved; at least a half."""
    wins = sum((one > other) + (one == other) / 2 for one, other in product(ones, others))
    share = wins / (len(ones) * len(others))
    return max(share, 1 - share)


def _accounts() -> None:
    for kind in KINDS:
        if kind != "missing":
            password = None if kind == "password-less" else PASSWORD
            user = User.objects.create_user(f"{kind}@timing.example", password, is_active=kind != "disabled")
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def _measured() -> dict[tuple[str, str, str], list[float]]:
    took: dict[tuple[str, str, str], list[float]] = {case: [] for case in product(DOORS, KINDS, CLOCKS)}
    client = Client()
    for number in range(ROUNDS + 2):
        for door, kind in random.sample(list(product(DOORS, KINDS)), len(DOORS) * len(KINDS)):
            body = json.dumps({"email": f"{kind}@timing.example", "password": f"wrong password {number}"})
            began = {name: clock() for name, clock in CLOCKS.items()}
            client.post(DOORS[door], body, content_type="application/json", secure=True)
            for name, clock in CLOCKS.items():
                if number >= 2:  # the first two warm up
                    took[door, kind, name].append(clock() - began[name])
        Guesses.objects.all().delete()
    return took


if __name__ == "__main__":
    main()
