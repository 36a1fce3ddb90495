"""The clinic's tasks on the desk."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.actions import care_plan, changes, exercise_pauses, tasks
from journal.content.exercise_pain import Done
from journal.content.plan import Planned
from journal.models import ExercisePause, StaffRead, Task
from tests.journal.test_admin_care import read, send, words
from tests.support import desk as people


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg")


@pytest.fixture
def today(ada: Patient) -> date:
    return timezone.now().astimezone(ada.timezone).date()


def want(patient: Patient, day: date, kind: str = "injection-late") -> Task:
    with changes.locked(patient) as locked:
        return tasks.want(at=timezone.now(), patient=locked, kind=kind, source=f"about:{day}", due_on=day)


def listed(desk: Client) -> str:
    response = desk.get(reverse("admin:journal_task_changelist"))
    assert response.status_code == 200
    return words(response.content.decode())


def test_a_task_is_on_the_list_and_on_the_patients_page_from_its_day_on(
    desk: Client, ada: Patient, today: date
) -> None:
    want(ada, today + timedelta(days=2))
    assert "bone injection" not in listed(desk)
    assert "To do 1 open" not in read(desk, ada)
    want(ada, today)
    assert "The day of a bone injection has passed Ada Berg" in listed(desk)
    assert "To do The day of a bone injection has passed Since" in read(desk, ada)


def test_a_task_is_done_in_the_name_of_the_person_and_leaves_the_list(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    task = want(ada, today)
    assert "Done." in send(desk, "task-done", ada, task.pk, note="She had it elsewhere")
    task.refresh_from_db()
    assert (task.done_by, task.note) == (mira, "She had it elsewhere")
    assert "bone injection" not in listed(desk)
    assert "no longer needed" in send(desk, "task-done", ada, task.pk)


def test_a_paused_exercise_says_which_and_why_and_is_lifted(
    desk: Client, ada: Patient, mira: User, today: date
) -> None:
    item = care_plan.prescribe(
        by=mira, at=timezone.now(), patient=ada, planned=Planned("exercise", "balance", today)
    )
    with changes.locked(ada) as locked:
        done: list[Any] = [Done(str(item.pk), 2, 6)]
        exercise_pauses.weigh(at=timezone.now(), patient=locked, source="entry:1", day=today, done=done)
    page = read(desk, ada)
    assert "Balance: pain rose by 4 on" in page
    assert "Exercise: balance Held" in page
    assert "may go on" in send(desk, "pause-lift", ada, Task.objects.get().pk)
    assert ExercisePause.objects.get().lifted_by == mira
    assert "Exercise: balance Held" not in read(desk, ada)


def test_another_clinics_tasks_are_missing(desk: Client, lake: Clinic, today: date) -> None:
    other = people.patient(lake, "Lena Lake")
    task = want(other, today)
    assert "Lena" not in listed(desk)
    address = reverse("admin:accounts_patient_task-done", args=[other.pk, task.pk])
    assert desk.post(address).status_code == 404
    assert desk.get(reverse("admin:journal_task_change", args=[task.pk])).status_code == 404


def test_a_look_at_the_list_is_recorded(desk: Client, ada: Patient, today: date) -> None:
    want(ada, today)
    listed(desk)
    assert StaffRead.objects.get().patient == ada


def test_reminders_are_paused_and_resumed_from_the_desk(desk: Client, ada: Patient, today: date) -> None:
    assert "Reminders ring, 4 a day at most" in read(desk, ada)
    last = today + timedelta(days=9)
    page = send(
        desk, "reminders-pause", ada, first=today.isoformat(), last=last.isoformat(), reason="hospital"
    )
    assert "No reminder rings on these days" in page
    assert "Reminders paused from" in page
    assert "Reminders ring again" in send(desk, "reminders-resume", ada)


def test_a_pause_that_makes_no_sense_is_shown_again(desk: Client, ada: Patient, today: date) -> None:
    page = send(desk, "reminders-pause", ada, first=today.isoformat(), last="2020-01-01", reason="holiday")
    assert "A pause has a first and a last day" in page
