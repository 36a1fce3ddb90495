"""Interleaved rounds of everybody who takes part, and the table of their medians."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from tests.benchmarks.client import Ask, Hear, ask_for
from tests.benchmarks.machine import Postgres, Server

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
WARM_UP = 1.0


@dataclass(frozen=True)
class Round:
    """Units a second, milliseconds of CPU a unit (program and PostgreSQL), milliseconds of a request."""

    rate: float
    program: float
    postgres: float
    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True)
class Contestant:
    """One way to do the job; `statements` a request, those that begin and end a transaction included."""

    name: str
    run: Callable[[float], Round]
    statements: int


def served(
    server: Server,
    postgres: Postgres,
    ask: Ask,
    *,
    stored: Callable[[], int] | None = None,
    units: int = 1,
    hear: Hear | None = None,
) -> Callable[[float], Round]:
    """Rounds over HTTP. With `stored`, every counted answer must be a stored unit."""
    asked = [0]

    def run(seconds: float) -> Round:
        first, rows = asked[0], stored() if stored else 0
        before = server.cpu(), postgres.cpu()
        heard, took = ask_for(
            seconds,
            server.port,
            lambda number: ask(first + number),
            hear and (lambda number, body: hear(first + number, body)),
        )
        after = server.cpu(), postgres.cpu()
        if min(heard.statuses) < 200 or max(heard.statuses) >= 300:
            raise SystemExit(f"Answers by status: {heard.statuses}; {heard.refused.decode()}")
        done = len(heard.seconds) * units
        if stored and stored() - rows != done:
            raise SystemExit(f"{done} were answered, {stored() - rows} are stored")
        # Connections go on at different speeds; the next round starts behind the furthest.
        asked[0] += 8 * len(heard.seconds)
        cuts = quantiles(heard.seconds, n=20)
        spent = [1000 * (now - then) / done for now, then in zip(after, before, strict=True)]
        return Round(done / took, spent[0], spent[1], 1000 * median(heard.seconds), 1000 * cuts[18])

    return run


def compare(what: str, unit: str, contestants: Sequence[Contestant]) -> None:
    """Prints one table; the first contestant is the reference of the ratios."""
    found: dict[str, list[Round]] = {each.name: [] for each in contestants}
    for each in contestants:
        each.run(WARM_UP)
    for number in range(ROUNDS):
        for each in contestants if number % 2 == 0 else reversed(contestants):
            found[each.name].append(each.run(SECONDS))
    print(f"\n{what}: median of {ROUNDS} rounds of {SECONDS:g} s, 8 connections")
    head = f"{'':46} {unit + '/s':>11} {'ratio':>7} {'CPU ms: program':>16} {'+ PostgreSQL':>12}"
    print(f"{head} {'p50 ms':>7} {'p95 ms':>7} {'statements':>10}")
    reference = median(each.rate for each in found[contestants[0].name])
    for each in contestants:
        _print(each, found[each.name], reference)


def _print(contestant: Contestant, rounds: Sequence[Round], reference: float) -> None:
    rate = median(each.rate for each in rounds)
    program, postgres = (median(getattr(each, name) for each in rounds) for name in ("program", "postgres"))
    waits = [
        "" if rounds[0].p50 is None else f"{median(getattr(each, name) for each in rounds):.1f}"
        for name in ("p50", "p95")
    ]
    print(
        f"{contestant.name:46} {rate:11.1f} {rate / reference:7.3f} {program:16.3f} {postgres:12.3f} "
        f"{waits[0]:>7} {waits[1]:>7} {contestant.statements:10}"
    )
