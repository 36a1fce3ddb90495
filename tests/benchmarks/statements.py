"""How many statements one request costs, transaction control included: `python -m tests.benchmarks.statements`.

In a process of its own, since a process has one Django. Reads method, path, headers and body as JSON from
standard input, makes the request twice and prints the count of the second.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any


def count(env: Mapping[str, str], *requests: Mapping[str, Any]) -> int:
    """Statements of the last of these requests, against the application that DJANGO_SETTINGS_MODULE names."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.statements"],
        input=json.dumps(requests),
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return int(done.stdout.splitlines()[-1])


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="127.0.0.1")
    for one in json.load(sys.stdin):
        with CaptureQueriesContext(connection) as asked:
            answer = client.generic(
                one["method"],
                one["path"],
                data=one["body"],
                content_type="application/json",
                headers=one["headers"],
            )
        if answer.status_code >= 300:
            raise SystemExit(answer.content.decode())
    if os.environ.get("BENCH_SHOW"):
        sys.stderr.write("\n".join(query["sql"][:300] for query in asked.captured_queries) + "\n")
    print(len(asked.captured_queries))


if __name__ == "__main__":
    main()
