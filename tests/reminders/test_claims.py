"""Claims under real concurrency: threads with connections of their own, rows committed."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from journal.accounts.models import Clinic, Patient, User
from journal.actions import changes, facts
from journal.content.facts import Stated
from journal.models import OutboxEvent, Task
from reminders import claims, relay
from reminders.actions import follow, holds, planning
from reminders.deliver import dispatch
from reminders.models import Delivery, Occurrence, Reminder
from tests.support.exercise import exercise_at_ten
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db(transaction=True)

TEN = datetime(2026, 1, 5, 9, tzinfo=UTC)
THREADS = 4


def at_once(step: Callable[[], Any], threads: int = THREADS) -> list[Any]:
    """Runs a step in several threads that start together; their results."""
    barrier, results, errors = threading.Barrier(threads), [], []

    def run() -> None:
        try:
            barrier.wait()
            results.append(step())
        except Exception as error:  # noqa: BLE001  (raised again by the test)
            errors.append(error)
        finally:
            connection.close()

    crew = [threading.Thread(target=run) for _ in range(threads)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    assert errors == []
    return results


def state(patient: Patient, kind: str, code: str, **said: Any) -> None:
    thea = User.objects.get(email="thea@clinic.example")
    facts.add(by=thea, at=TEN, patient=patient, stated=Stated(kind, code, **said))


def test_changes_of_plans_are_followed_by_four_at_once_without_waiting_in_a_circle(clinic: Clinic) -> None:
    patients = [a_patient(clinic, f"p{number}") for number in range(4)]
    for day in range(1, 6):
        for patient in patients:
            state(patient, "injection", "denosumab", since=date(2025, 9, day))
    at_once(lambda: follow.run(at=TEN))
    assert not OutboxEvent.objects.of_plans().exists()
    assert Reminder.objects.present().filter(kind="injection").count() == len(patients)
    assert Task.objects.open().count() == len(patients)


@pytest.fixture
def clinic() -> Clinic:
    clinic = a_clinic()
    a_clinician(clinic, "thea")
    return clinic


def patients(clinic: Clinic, count: int) -> list[Patient]:
    return [a_patient(clinic, f"p{number}") for number in range(count)]


def remind(patient: Patient) -> None:
    exercise_at_ten(patient, at=TEN - timedelta(hours=1))


def test_no_delivery_is_claimed_twice(clinic: Clinic) -> None:
    for patient in patients(clinic, 60):
        a_flag(patient, at=TEN)
    relay.run(at=TEN)

    def claim_all() -> list[int]:
        mine: list[int] = []
        while batch := claims.deliveries(at=TEN, topic="flag", limit=3):
            mine += [delivery.pk for delivery in batch]
        return mine

    claimed = [pk for mine in at_once(claim_all) for pk in mine]
    assert len(claimed) == len(set(claimed)) == 60


def test_no_reminder_is_claimed_twice(clinic: Clinic) -> None:
    for patient in patients(clinic, 40):
        remind(patient)
    held = threading.Barrier(THREADS)

    def claim() -> list[UUID]:
        with transaction.atomic():
            mine = claims.reminders(at=TEN, limit=3)
            held.wait(30)  # all four have theirs before anybody lets go
            return mine

    claimed = [reminder for mine in at_once(claim) for reminder in mine]
    assert len(claimed) == len(set(claimed)) == 3 * THREADS


def test_a_claim_takes_no_more_than_asked_and_ends_with_its_transaction(clinic: Clinic) -> None:
    for patient in patients(clinic, 5):
        remind(patient)
    with transaction.atomic():
        mine = claims.reminders(at=TEN, limit=2)
        (others,) = at_once(lambda: claims.reminders(at=TEN, limit=9), threads=1)
        assert (len(mine), len(others), len({*mine, *others})) == (2, 3, 5)
    with transaction.atomic():
        assert len(claims.reminders(at=TEN, limit=9)) == 5


def test_several_planners_make_each_turn_once_while_patients_write(clinic: Clinic) -> None:
    people = patients(clinic, 30)
    for patient in people:
        remind(patient)
    busy = iter(range(10_000))

    def plan_and_write() -> None:
        while planning.plan_due(at=TEN, limit=4):
            with changes.locked(people[next(busy) % 30]) as patient:
                changes.next_revision(patient)

    at_once(plan_and_write)
    assert Counter(Occurrence.objects.values_list("patient", flat=True)) == {
        patient.pk: 1 for patient in people
    }
    assert Delivery.objects.count() == 60
    # Each write of a patient has a revision of its own: reminder 1, turn and the other writes after it.
    for patient in Patient.objects.all():
        assert Occurrence.objects.get(patient=patient).revision <= patient.revision


def test_planning_passes_by_whose_write_is_under_way_and_takes_the_next_revision(clinic: Clinic) -> None:
    busy, other = patients(clinic, 2)
    remind(busy)
    remind(other)
    with changes.locked(busy) as locked:
        assert at_once(lambda: planning.plan_due(at=TEN), threads=1) == [1]
        assert Occurrence.objects.get().patient == other
        written = changes.next_revision(locked)
        flag = a_flag(locked, at=TEN)
    planning.plan_due(at=TEN)
    turn = Occurrence.objects.get(patient=busy)
    assert (turn.revision, turn.held_by) == (written + 1, flag)


def test_a_relay_leaves_alone_what_another_has_in_hand(clinic: Clinic) -> None:
    a_flag(patients(clinic, 1)[0], at=TEN)
    with transaction.atomic():
        assert len(claims.outbox(after=0, limit=5)) == 1
        assert at_once(lambda: relay.run(at=TEN), threads=1) == [0]
    assert relay.run(at=TEN) == 1


def test_several_relays_tell_each_person_once(clinic: Clinic) -> None:
    for patient in patients(clinic, 30):
        a_flag(patient, at=TEN)
    at_once(lambda: relay.run(at=TEN))
    assert Delivery.objects.count() == 30


def test_several_dispatchers_send_each_mail_once(clinic: Clinic, mailbox: Mailbox) -> None:
    people = patients(clinic, 40)
    for patient in people:
        remind(patient)
    planning.plan_due(at=TEN)
    at_once(lambda: dispatch.run(clock=lambda: TEN, topic="reminder"))
    sent = Counter(address for address, _ in mailbox.mails)
    assert sent == {f"p{number}@home.example": 1 for number in range(40)}
    assert not Delivery.objects.exclude(state="sent").exists()


def test_several_ticks_hold_a_turn_once(clinic: Clinic) -> None:
    people = patients(clinic, 10)
    for patient in people:
        remind(patient)
    planning.plan_due(at=TEN)
    for patient in people:
        a_flag(patient, at=TEN)
    assert sum(at_once(lambda: holds.hold_open(at=TEN))) == 10
