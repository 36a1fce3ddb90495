"""The list of flags: one statement where it is one page, cursors where it is more, the same rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.accounts.models import Patient
from journal.models import Flag
from tests.api.phone import Phone

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 1, 10, 9, 30, tzinfo=UTC)


def flags(patient: Patient, number: int) -> list[Flag]:
    """Two at each moment, every third acknowledged."""
    return Flag.objects.bulk_create(
        Flag(
            patient=patient,
            pattern="sudden-back-pain",
            rule_version=1,
            urgency="same-day",
            day=FIRST.date() - timedelta(days=place),
            status=Flag.Status.ACKNOWLEDGED if place % 3 == 0 else Flag.Status.OPEN,
            met={"lumbar": [FIRST.date().isoformat()]},
            last_met=FIRST.date(),
            evidence={FIRST.date().isoformat(): ["0198c5a0-7d3c-7c3e-9d5e-0a4b5c6d7e8f"]},
            numbers={"severity": 8, "baseline": 2.5, "ratio": 1e16},
            why="Strong back pain — “sudden”.",
            why_clinician="For the clinic alone.",
            raised_at=FIRST - timedelta(minutes=place // 2),
            due_at=FIRST,
            revision=1,
        )
        for place in range(number)
    )


def listed(phone: Phone, query: str = "") -> list[list[dict[str, Any]]]:
    """All pages, by their `next`."""
    pages, at = [], f"/api/v1/flags{query}"
    while at:
        status, answer = phone.send("GET", at)
        assert status == 200
        pages.append(answer["results"])
        at = (answer["next"] or "").removeprefix("http://testserver")
    return pages


def order(found: list[Flag]) -> list[str]:
    return [str(one.pk) for one in sorted(found, key=lambda one: (one.raised_at, one.pk), reverse=True)]


@pytest.mark.parametrize("number", [0, 1, 49, 50])
def test_a_list_of_one_page_has_no_other(phone: Phone, patient: Patient, number: int) -> None:
    made = flags(patient, number)
    status, answer = phone.send("GET", "/api/v1/flags")
    assert (status, answer["next"], answer["previous"]) == (200, None, None)
    assert [one["id"] for one in answer["results"]] == order(made)


def test_the_51st_flag_is_on_the_next_page(phone: Phone, patient: Patient) -> None:
    made = flags(patient, 51)
    pages = listed(phone)
    assert [len(page) for page in pages] == [50, 1]
    assert [one["id"] for page in pages for one in page] == order(made)


def test_a_flag_reads_the_same_on_either_way(phone: Phone, patient: Patient) -> None:
    """The page that a cursor names is read by the ORM."""
    made = flags(patient, 50)
    short = {one["id"]: one for one in listed(phone)[0]}
    last = Flag.objects.get(pk=made[0].pk)
    last.pk, last.day, last.raised_at = None, last.day + timedelta(days=1), FIRST + timedelta(days=1)
    last.save(force_insert=True)
    again = {one["id"]: one for page in listed(phone) for one in page}
    assert {name: again[name] for name in short} == short
    assert short[str(made[0].pk)]["numbers"][0]["value"] == 2.5


@pytest.mark.parametrize("status", ["open", "acknowledged", "resolved", "superseded"])
def test_a_filter_shows_that_state_alone(phone: Phone, patient: Patient, status: str) -> None:
    made = [one for one in flags(patient, 20) if one.status == status]
    assert [one["id"] for one in listed(phone, f"?status={status}")[0]] == order(made)


def test_what_is_for_clinicians_is_not_even_read(phone: Phone, patient: Patient) -> None:
    flags(patient, 3)
    with CaptureQueriesContext(connection) as asked:
        phone.send("GET", "/api/v1/flags")
    [read] = [one["sql"] for one in asked.captured_queries if "FROM journal_flag" in one["sql"]]
    assert "why_clinician" not in read
    assert sum("why_clinician" in one["sql"] for one in asked.captured_queries) == 0
