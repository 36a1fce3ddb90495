"""All benchmarks, or those that are named: `make bench ARGS="entries pull"`. Nothing is asserted about time.

evaluation: CPU of the rules. reminders: a million of them, planned and sent. beat: 10,000 of
django-celery-beat's. desk: the physiotherapist's pages over many patients. entries, push, pull, flags: real
servers as the Procfile starts them, eight connections, durable commits, each against what the machine allows
and against a plain ModelViewSet. BENCH_ROUNDS (3) and BENCH_SECONDS (3) lengthen these.
"""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psycopg

from tests.benchmarks import machine

OURS, NAIVE = "osteon_bench", "osteon_bench_naive"
SERVED = ("entries", "push", "pull", "flags")
# In processes of their own, each with a database that nobody else fills.
ALONE = ("evaluation", "reminders", "beat", "desk")


def main(wanted: list[str]) -> None:
    unknown = set(wanted) - {*ALONE, *SERVED}
    if unknown:
        there = ", ".join((*ALONE, *SERVED))
        raise SystemExit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {there}")
    app, owner = os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"]
    with ExitStack() as stack:
        for name in (OURS, NAIVE):
            stack.enter_context(machine.database(owner, name))
        env = {
            "DATABASE_URL": machine.at(app, OURS),
            "DATABASE_OWNER_URL": machine.at(owner, OURS),
            "NAIVE_DATABASE_URL": machine.at(owner, NAIVE),
            "OSTEON_DEMO": "on",
        }
        os.environ.update(env)  # before Django reads its settings
        _run("manage.py", "migrate", "--database", "owner", "--verbosity", "0")
        for name in ALONE:
            if name in wanted or not wanted:
                _run("-m", f"tests.benchmarks.{name}")
        chosen = [name for name in SERVED if not wanted or name in wanted]
        if chosen:
            _serve(stack, chosen)


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], cwd=machine.ROOT, check=True)


def _serve(stack: ExitStack, chosen: list[str]) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "api.settings"
    django.setup()
    from django.db import connections

    from tests.benchmarks import jobs, people

    stack.callback(connections.close_all)
    owner_url, naive_url = os.environ["DATABASE_OWNER_URL"], os.environ["NAIVE_DATABASE_URL"]
    print("Writing patients and their histories", flush=True)
    owner = stack.enter_context(psycopg.connect(owner_url, autocommit=True))
    found = people.fill(owner)
    tokens = _naive_tokens(len(found.served) + len(found.read), len(found.read))
    logs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    naive_wsgi = "tests.benchmarks.naive.wsgi:application"
    stage = jobs.Stage(
        osteon=stack.enter_context(machine.serving("api.wsgi:application", {}, logs / "osteon")),
        naive=stack.enter_context(
            machine.serving(
                naive_wsgi, {"DJANGO_SETTINGS_MODULE": "tests.benchmarks.naive.settings"}, logs / "naive"
            )
        ),
        postgres=machine.Postgres(owner_url),
        owner=owner,
        owner_url=owner_url,
        naive_rows=stack.enter_context(psycopg.connect(naive_url, autocommit=True)),
        people=found,
        naive_tokens=tokens,
        osteon_env={"DJANGO_SETTINGS_MODULE": "api.settings"},
        naive_env={"DJANGO_SETTINGS_MODULE": "tests.benchmarks.naive.settings"},
    )
    for name in chosen:
        jobs.JOBS[name](stage)


def _naive_tokens(people: int, long: int) -> list[str]:
    command = [sys.executable, "-m", "tests.benchmarks.naive.fill", str(people), str(long)]
    done = subprocess.run(command, cwd=machine.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.split()


if __name__ == "__main__":
    main(sys.argv[1:])
