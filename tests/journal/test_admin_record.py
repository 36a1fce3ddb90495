"""One patient's page: what it shows first, over which days, at which price."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.actions import facts, notes
from journal.admin import panels, said
from journal.content.facts import Stated
from journal.models import EntryVersion, StaffRead
from tests.support import desk as people


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


def page_of(patient: Patient, **query: Any) -> str:
    address = reverse("admin:accounts_patient_change", args=[patient.pk])
    return address + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def html(desk: Client, patient: Patient, **query: Any) -> str:
    response = desk.get(page_of(patient, **query))
    assert response.status_code == 200
    return str(response.content.decode())


def read(desk: Client, patient: Patient, **query: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html(desk, patient, **query)).split())


def edited(patient: Patient) -> None:
    entry = people.entry(patient, at=timezone.now() - timedelta(hours=1), version=2)
    EntryVersion.objects.create(
        patient=patient,
        entry=entry,
        version=1,
        recorded_at=entry.recorded_at,
        received_at=entry.received_at,
        utc_offset=60,
        timezone="Europe/Berlin",
        local_date=entry.local_date,
        report={"pains": [{"site": "lumbar", "side": "midline", "severity": 3}]},
        digest="1",
        revision=1,
    )


def test_open_flags_come_first_then_plot_map_plan_and_entries(desk: Client, ada: Patient) -> None:
    people.entry(ada, at=timezone.now())
    people.flag(ada, at=timezone.now())
    page = html(desk, ada)
    order = [
        "flags",
        "line",
        "pain",
        "nerves",
        "care-plan",
        "entries",
        "profile",
        "notes",
        "messages",
        "facts",
    ]
    places = [page.index(f'class="desk-card" id="{name}"') for name in order]
    assert places == sorted(places)


@pytest.mark.parametrize("days", [7, 28, 90, 365])
def test_the_period_is_chosen_by_a_link_and_only_its_entries_are_shown(
    desk: Client, ada: Patient, days: int
) -> None:
    now = timezone.now()
    people.entry(ada, {"note": "just inside"}, at=now - timedelta(days=days - 1))
    people.entry(ada, {"note": "just outside"}, at=now - timedelta(days=days))
    page = html(desk, ada, days=days)
    assert f'<a href="?days={days}" aria-current="page">' in page
    assert "just inside" in page
    assert "just outside" not in page


def test_an_unknown_period_is_the_usual_one(desk: Client, ada: Patient) -> None:
    assert 'href="?days=28" aria-current="page"' in html(desk, ada, days="1000000")


def test_an_edited_entry_shows_what_it_said_before(desk: Client, ada: Patient) -> None:
    edited(ada)
    page = read(desk, ada)
    assert "Pain: Lower back, in the middle: 8 of 10" in page
    assert re.search(
        r"Version 1, before the edit, received .* Pain: Lower back, in the middle: 3 of 10\.", page
    )


def test_long_histories_are_read_in_parts_with_the_gaps_between(desk: Client, ada: Patient) -> None:
    now = timezone.now()
    for day in range(said.SHOWN + 2):
        people.entry(ada, {"note": f"day {day:02d}."}, at=now - timedelta(days=2 * day))
    first, second = read(desk, ada, days=90), read(desk, ada, days=90, entries=2)
    last, next_one = f"day {said.SHOWN - 1:02d}.", f"day {said.SHOWN:02d}."
    assert last in first
    assert next_one not in first
    assert last not in second
    assert next_one in second
    assert "Older entries" in first
    assert "Older entries" not in second
    assert "Newest entries" in second
    assert len(re.findall(r"\d: nothing logged", first)) == said.SHOWN - 1
    rest = 90 - (2 * (said.SHOWN + 1) + 1)
    assert f"nothing logged ({rest} days)" in second


@pytest.mark.parametrize("part", ["0", "-1", "x", "99999999999999999999", "²"])
def test_a_part_that_can_not_be_is_no_error(desk: Client, ada: Patient, part: str) -> None:
    people.entry(ada, at=timezone.now())
    assert desk.get(page_of(ada, entries=part)).status_code == 200


def test_flags_notes_and_medicines_are_on_the_line(desk: Client, ada: Patient, mira: User) -> None:
    now = timezone.now()
    today = now.astimezone(ada.timezone).date()
    people.flag(ada, at=now - timedelta(days=3))
    notes.add(by=mira, at=now, patient=ada, code="xray", day=today, text="L1 looks lower.")
    facts.add(
        by=mira,
        at=now,
        patient=ada,
        stated=Stated("medicine", "denosumab", since=today - timedelta(days=5)),
    )
    page = read(desk, ada)
    key = page[page.index("Sudden back pain (same day)") :]
    assert re.search(r"A Sudden back pain \(same day\), .* 1 Medicine: .*denosumab.* 2 X-ray", page)
    assert "L1 looks lower." in key  # in the notes, not on the line


def test_the_entries_behind_an_open_flag_are_marked_in_the_plot(desk: Client, ada: Patient) -> None:
    seen = people.entry(ada, at=timezone.now())
    flag = people.flag(ada, at=timezone.now(), evidence={seen.local_date.isoformat(): [str(seen.client_id)]})
    assert html(desk, ada).count("plot-mark-evidence") == 1
    flag.status = "resolved"
    flag.save(update_fields=["status"])
    assert "plot-mark-evidence" not in html(desk, ada)


def test_a_question_that_was_never_asked_is_no_zero(desk: Client, ada: Patient) -> None:
    people.entry(ada, {"pains": []}, at=timezone.now())
    page = read(desk, ada)
    assert "Worst pain 0 of 10 before: not asked" in page
    assert "Falls not asked before: not asked" in page


def test_who_looked_is_told_with_page_and_time(desk: Client, ada: Patient, hill: Clinic) -> None:
    ben = people.clinician(hill, "ben@hill.example", name="Ben Ortiz")
    flag = people.flag(ada)
    other = Client()
    other.force_login(ben)
    other.get(reverse("admin:journal_flag_change", args=[flag.pk]))
    other.get(reverse("admin:journal_flag_changelist"))
    looks = read(desk, ada)
    looks = looks[looks.index("Who looked lately") :]
    assert re.search(
        r"Mira Sol : patient’s page last .*Ben Ortiz : queue, flag last .*\(Europe/Berlin\)", looks
    )


def test_the_price_of_the_page_does_not_grow_with_the_history(desk: Client, hill: Clinic, mira: User) -> None:
    now = timezone.now()
    counts = []
    for name, days in [("Short", 3), ("Long", 60)]:
        patient = people.patient(hill, name)
        edited(patient)
        for day in range(days):
            people.entry(patient, at=now - timedelta(days=day, minutes=1))
            people.entry(patient, at=now - timedelta(days=day, minutes=2))
        for day in range(days // 3):
            people.flag(patient, at=now - timedelta(days=day))
            notes.add(
                by=mira,
                at=now,
                patient=patient,
                code="xray",
                day=(now - timedelta(days=1)).astimezone(patient.timezone).date(),
                text="Seen.",
            )
        for length in (28, 365):
            with CaptureQueriesContext(connection) as queries:
                desk.get(page_of(patient, days=length))
            counts.append(len(queries))
    assert len(set(counts)) == 1, counts


def test_a_page_reads_entries_of_its_period_alone(desk: Client, ada: Patient) -> None:
    people.entry(ada, at=timezone.now())
    with CaptureQueriesContext(connection) as queries:
        desk.get(page_of(ada, days=7))
    read_entries = [one["sql"] for one in queries if "FROM journal_entry" in one["sql"].replace('"', "")]
    assert read_entries
    assert all("local_date" in sql for sql in read_entries)


def test_a_panel_of_another_package_is_shown_and_an_empty_one_is_not(
    desk: Client, ada: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shows(asked: panels.Asked) -> panels.Panel:
        assert asked.thing == ada
        return panels.Panel("mine", "Something else", "desk/said.html", {})

    monkeypatch.setitem(panels._REGISTERED, "patient", [shows, lambda asked: None])
    panels.add("patient", shows)
    page = html(desk, ada)
    assert page.count("<h2>Something else</h2>") == 1


def test_the_look_is_written_down_with_the_page(desk: Client, ada: Patient, mira: User) -> None:
    desk.get(page_of(ada, days=90))
    assert list(StaffRead.objects.values_list("by", "patient", "route")) == [
        (mira.pk, ada.pk, "admin:accounts_patient_change")
    ]
