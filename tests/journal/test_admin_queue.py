"""The triage queue: what stands in it, in which order, and what it says."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, User
from journal.content.rule import Urgency
from journal.models import Flag, FlagAction
from tests.support import desk as people

QUEUE = reverse("admin:journal_flag_changelist")


def shown(desk: Client, **filters: str) -> str:
    response = desk.get(QUEUE, filters)
    assert response.status_code == 200
    return response.content.decode()


def order(page: str, *names: str) -> list[str]:
    return sorted(names, key=page.index)


def test_a_clinician_lands_on_the_queue(desk: Client) -> None:
    assert desk.get("/admin/", follow=True).redirect_chain == [(QUEUE, 302)]


def test_the_most_urgent_flag_stands_first_and_among_equals_the_one_that_is_due_first(
    desk: Client, hill: Clinic
) -> None:
    now = timezone.now()
    people.flag(people.patient(hill, "Late Larsen"), due_at=now + timedelta(hours=9))
    people.flag(people.patient(hill, "Soon Silva"), due_at=now + timedelta(hours=1))
    people.flag(people.patient(hill, "Now Novak"), Urgency.EMERGENCY_NOW, due_at=now + timedelta(days=3))
    page = shown(desk)
    assert order(page, "Late Larsen", "Soon Silva", "Now Novak") == ["Now Novak", "Soon Silva", "Late Larsen"]


def test_the_queue_holds_what_is_unresolved_and_the_filter_reaches_the_rest(
    desk: Client, hill: Clinic
) -> None:
    people.flag(people.patient(hill, "Open Olsen"))
    people.flag(people.patient(hill, "Known Kaya"), status="acknowledged")
    people.flag(people.patient(hill, "Done Diaz"), status="resolved")
    people.flag(people.patient(hill, "Gone Gomez"), status="superseded", supported=False)
    everybody = {"Open Olsen", "Known Kaya", "Done Diaz", "Gone Gomez"}

    def in_view(**filters: str) -> set[str]:
        page = shown(desk, **filters)
        return {name for name in everybody if name in page}

    assert in_view() == {"Open Olsen", "Known Kaya"}
    assert in_view(status="resolved") == {"Done Diaz"}
    assert in_view(status="superseded") == {"Gone Gomez"}
    assert in_view(status="unsupported") == {"Gone Gomez"}
    assert in_view(status="any") == everybody


def test_closed_flags_are_listed_newest_first(desk: Client, hill: Clinic) -> None:
    for name, hours, urgency in [("Old", 9, Urgency.EMERGENCY_NOW), ("New", 1, Urgency.INFORMATION)]:
        raised = timezone.now() - timedelta(hours=hours)
        people.flag(people.patient(hill, f"{name} Name"), urgency, at=raised, status="resolved")
    assert order(shown(desk, status="resolved"), "Old Name", "New Name") == ["New Name", "Old Name"]


def test_flags_can_be_narrowed_to_urgency_pattern_and_owner(desk: Client, hill: Clinic, mira: User) -> None:
    people.flag(people.patient(hill, "Mine Moreau"), owner=mira.clinician)
    people.flag(people.patient(hill, "Nobodys Nagy"), Urgency.WITHIN_48H, pattern="new-numbness")
    for filters, found, missing in [
        ({"owner": "mine"}, "Mine Moreau", "Nobodys Nagy"),
        ({"owner": "nobody"}, "Nobodys Nagy", "Mine Moreau"),
        ({"urgency": "within-48h"}, "Nobodys Nagy", "Mine Moreau"),
        ({"pattern": "sudden-back-pain"}, "Mine Moreau", "Nobodys Nagy"),
    ]:
        page = shown(desk, **filters)
        assert found in page
        assert missing not in page


def test_a_row_says_urgency_reason_day_time_left_owner_and_hold_in_words(
    desk: Client, hill: Clinic, mira: User
) -> None:
    now = timezone.now()
    ada = people.patient(hill, "Ada Berg", "America/Lima")
    people.flag(
        ada,
        Urgency.EMERGENCY_NOW,
        pattern="cauda-equina",
        due_at=now - timedelta(hours=3, minutes=5),
        owner=mira.clinician,
        holds_exercise=True,
        met={"whole": ["2026-03-08", "2026-03-10"]},
    )
    row = re.sub(r"<[^>]+>", " ", shown(desk))
    for words in [
        "Emergency now",
        "Ada Berg",
        "Cauda equina",
        "Sudden lower back pain 8 of 10, usual level 3.",
        "Tue 10 Mar 2026",
        "met on 2 days",
        "overdue by 3 h",
        "raised 10 Mar, 04:00",
        "America/Lima",
        "Mira Sol",
        "Exercise held",
    ]:
        assert words in row


def test_an_acknowledged_flag_that_the_facts_no_longer_support_says_so(desk: Client, hill: Clinic) -> None:
    ada = people.patient(hill)
    people.flag(ada, status="acknowledged", supported=False, superseded_reason="The entry was edited.")
    assert "No longer supported by what is known now: The entry was edited." in shown(desk)


def test_a_withdrawn_flag_shows_its_reason(desk: Client, hill: Clinic) -> None:
    ada = people.patient(hill)
    people.flag(ada, status="superseded", supported=False, superseded_reason="The entry was deleted.")
    assert "Withdrawn: The entry was deleted." in shown(desk, status="superseded")


def test_an_empty_queue_does_not_read_as_an_all_clear(desk: Client) -> None:
    page = " ".join(shown(desk).split())
    assert "an empty list does not mean that everybody is well" in page
    assert "Create a new item" not in page


def test_the_badge_counts_the_open_flags_of_the_clinic(desk: Client, hill: Clinic, lake: Clinic) -> None:
    people.flag(people.patient(hill, "A"))
    people.flag(people.patient(hill, "B"), status="acknowledged")
    people.flag(people.patient(lake, "C"))
    assert "1 open" in shown(desk)


def test_chosen_flags_are_acknowledged_together_and_a_repeat_is_answered_in_words(
    desk: Client, hill: Clinic, mira: User
) -> None:
    flags = [people.flag(people.patient(hill, name)) for name in ("Ada Berg", "Ben Okafor")]
    press: dict[str, Any] = {"action": "acknowledge_selected", "_selected_action": [str(f.pk) for f in flags]}
    assert "Acknowledged: 2 flags." in desk.post(QUEUE, press, follow=True).content.decode()
    assert set(FlagAction.objects.values_list("kind", "by")) == {("acknowledge", mira.pk)}
    assert set(Flag.objects.values_list("status", flat=True)) == {"acknowledged"}
    again = desk.post(QUEUE, press, follow=True).content.decode()
    assert "Ada Berg, Sudden back pain: This flag is already acknowledged." in again
    assert FlagAction.objects.count() == 2


@pytest.mark.parametrize(
    "probe", ["patient__clinic__slug=lake", "why__startswith=You", "patient__user__email=a"]
)
def test_fields_can_not_be_probed_through_the_address(desk: Client, hill: Clinic, probe: str) -> None:
    people.flag(people.patient(hill))
    assert desk.get(f"{QUEUE}?{probe}").status_code == 400


@pytest.mark.parametrize(
    "path", [QUEUE, reverse("admin:accounts_patient_changelist"), reverse("admin:journal_entry_changelist")]
)
def test_fifty_rows_cost_as_many_queries_as_five(
    desk: Client, hill: Clinic, path: str, django_assert_max_num_queries: Any
) -> None:
    def add(count: int) -> None:
        for number in range(count):
            one = people.patient(hill, f"Person {number}")
            people.flag(one)
            people.entry(one)

    add(5)
    with django_assert_max_num_queries(40) as few:
        desk.get(path)
    add(45)
    with django_assert_max_num_queries(len(few)) as many:
        desk.get(path)
    assert len(many) == len(few)
