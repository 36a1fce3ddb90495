"""Alert quality: what each pattern did and what people made of it, for one clinic."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.accounts.models import Clinic, User
from journal.actions import flags
from journal.admin import quality
from journal.models import Flag, StaffRead
from tests.support import desk as people

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
PAGE = "/admin/quality/"


@pytest.fixture(autouse=True)
def _at_nine() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def raised(clinic: Clinic, pattern: str, days_ago: float, **fields: Any) -> Flag:
    patient = people.patient(clinic)
    return people.flag(patient, pattern=pattern, at=NOW - timedelta(days=days_ago), **fields)


def closed(by: User, flag: Flag, outcome: str, after: timedelta) -> None:
    at = flag.raised_at + after
    flags.acknowledge(by=by, at=at, flag=flag)
    # A bare flag has no entries behind it, so the rules would take it back.
    flags.resolve(by=by, at=at + timedelta(days=1), flag=flag, outcome=outcome, note="Seen.")


@pytest.fixture
def history(hill: Clinic, mira: User) -> None:
    for outcome, hours in (("referred", 2), ("contacted", 4), ("false-alarm", 30), ("known", 3)):
        closed(mira, raised(hill, "back-pain-rise", 10), outcome, timedelta(hours=hours))
    raised(hill, "back-pain-rise", 1)
    raised(hill, "gi-bleed", 2, status="superseded", supported=False)


def test_each_pattern_shows_what_came_of_it(history: None, mira: User) -> None:
    bleed, pain = quality.rows(viewer=mira, since=NOW - timedelta(days=90))
    assert (bleed.pattern, bleed.fired, bleed.withdrawn, bleed.answered, bleed.median) == (
        "gi-bleed",
        1,
        1,
        0,
        None,
    )
    assert (pain.fired, pain.waiting, pain.answered) == (5, 1, 4)
    assert (pain.contacted, pain.referred, pain.known, pain.false_alarm) == (1, 1, 1, 1)
    assert (pain.useful, pain.closed) == (2, 4)
    assert pain.median == timedelta(hours=3, minutes=30)


def test_the_page_says_it_in_words_and_numbers(desk: Client, hill: Clinic, history: None) -> None:
    people.entry(people.patient(hill), at=NOW - timedelta(days=3))
    shown = desk.get(PAGE).content.decode()
    for words in (
        "Back pain rise",
        "GI bleed",
        "50\u00a0%",
        "3 h",
        "6 flags from 1 entries of 1 patients: 600.0",
    ):
        assert words in shown
    assert "Ada Berg" not in shown


def test_another_clinics_flags_are_not_counted(desk: Client, lake: Clinic, mira: User) -> None:
    raised(lake, "gi-bleed", 1)
    people.entry(people.patient(lake), at=NOW)
    assert quality.rows(viewer=mira, since=NOW - timedelta(days=90)) == []
    shown = desk.get(PAGE).content.decode()
    assert "GI bleed" not in shown
    assert "No flag was raised" in shown
    assert "no entry arrived" in shown


@pytest.mark.parametrize(("days", "counted"), [("30", 1), ("90", 2), ("365", 3), ("x", 2), ("9999999999", 2)])
def test_the_period_can_be_chosen(desk: Client, hill: Clinic, days: str, counted: int) -> None:
    for ago in (29, 31, 300):
        raised(hill, "gi-bleed", ago)
    assert f"{counted} flags;" in desk.get(PAGE, {"days": days}).content.decode()


def test_it_is_linked_on_the_desk(desk: Client) -> None:
    assert f'href="{PAGE}"' in desk.get(reverse("admin:journal_flag_changelist")).content.decode()


def test_it_counts_people_and_shows_none_so_no_look_is_recorded(desk: Client, history: None) -> None:
    assert desk.get(PAGE).status_code == 200
    assert not StaffRead.objects.exists()


def test_only_staff_of_a_clinic_may_ask_and_only_by_get(client: Client, desk: Client) -> None:
    assert desk.post(PAGE).status_code == 405
    root = Client()
    root.force_login(User.objects.create_superuser("root@example.org", people.PASSWORD))
    assert root.get(PAGE).status_code == 403
    assert Client().get(PAGE).status_code == 302


def test_the_number_of_queries_does_not_grow(desk: Client, hill: Clinic) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            desk.get(PAGE)
        return len(queries)

    raised(hill, "gi-bleed", 1)
    once = asked()
    for number, pattern in enumerate(("calf-swelling", "new-numbness", "height-loss")):
        raised(hill, pattern, number)
    assert asked() == once
