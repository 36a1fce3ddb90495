"""Reminders and tasks that follow from plan and facts."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from journal.accounts.models import Clinician, Patient
from journal.actions import care_plan, facts, tasks
from journal.actions.refusals import NotPossibleNowError
from journal.content.facts import Stated
from journal.content.plan import Planned
from journal.models import CareItem, Fact, OutboxEvent, Task
from reminders import relay, wording
from reminders.actions import follow, planning
from reminders.actions import reminders as verbs
from reminders.models import Delivery, Occurrence, Reminder
from tests.support.people import a_patient

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 5, 7, tzinfo=UTC)
DAY = timedelta(days=1)


def state(patient: Patient, thea: Clinician, kind: str, code: str, at: datetime = NOW, **said: Any) -> Fact:
    return facts.add(by=thea.user, at=at, patient=patient, stated=Stated(kind, code, **said))


def prescribe(patient: Patient, thea: Clinician, kind: str, code: str, **said: Any) -> CareItem:
    planned = Planned(kind, code, **{"starts": date(2026, 1, 5), **said})
    return care_plan.prescribe(by=thea.user, at=NOW, patient=patient, planned=planned)


def present(kind: str) -> list[Reminder]:
    return list(Reminder.objects.present().filter(kind=kind).order_by("starts_on"))


def rang(until: date) -> list[tuple[str, str]]:
    """Days and texts of what comes up to a day, planned hour by hour where something is due."""
    while True:
        ahead = Reminder.objects.filter(active=True).order_by("next_due_at").first()
        if ahead is None or ahead.next_local_date is None or ahead.next_local_date > until:
            break
        assert ahead.next_due_at is not None
        planning.plan_due(at=ahead.next_due_at)
    turns = Occurrence.objects.order_by("due_at")
    return [(turn.local_date.isoformat()[5:], turn.item) for turn in turns]


def test_an_injection_is_told_for_four_weeks_before_and_after_its_day(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    assert follow.run(at=NOW) == 1
    assert rang(date(2026, 6, 1)) == [
        ("02-05", "R5"),
        ("02-12", "R5"),
        ("02-19", "R5"),
        ("02-26", "R5"),
        ("03-05", "R6"),
        ("03-12", "R6"),
        ("03-19", "R6"),
        ("03-26", "R6"),
        ("04-02", "R6"),
    ]


def test_the_clinic_has_a_task_once_the_day_of_an_injection_has_passed(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    follow.run(at=NOW)
    mine = Task.objects.visible_to(physiotherapist.user)
    assert list(mine.waiting(date(2026, 3, 5))) == []
    (task,) = mine.waiting(date(2026, 3, 6))
    assert (task.kind, task.source) == ("injection-late", "injection:denosumab:2026-03-05")


def test_the_next_injection_ends_task_and_reminder_and_starts_the_clock_anew(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 6, 1))
    follow.run(at=NOW)
    assert Task.objects.waiting(date(2026, 1, 5)).count() == 1
    state(patient, physiotherapist, "injection", "denosumab", since=date(2026, 1, 4))
    follow.run(at=NOW)
    assert Task.objects.waiting(date(2026, 1, 5)).count() == 0
    assert [one.source for one in present("injection")] == ["injection:denosumab:2026-07-04"]


def test_a_stop_of_denosumab_without_a_medicine_to_follow_is_a_task_until_there_is_one(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    state(patient, physiotherapist, "medicine", "denosumab", since=date(2024, 1, 1), until=date(2026, 1, 5))
    follow.run(at=NOW)
    assert [task.kind for task in Task.objects.waiting(date(2026, 1, 5))] == ["no-follow-on"]
    assert present("injection") == []
    state(patient, physiotherapist, "medicine", "bisphosphonate", since=date(2026, 1, 5))
    follow.run(at=NOW)
    assert not Task.objects.open().exists()


def test_a_review_that_is_moved_to_another_day_asks_anew(
    patient: Patient, physiotherapist: Clinician
) -> None:
    first, second = date(2026, 1, 9), date(2026, 2, 9)
    item = prescribe(patient, physiotherapist, "goal", "own", text="Shops", review_on=first)
    follow.run(at=NOW)
    tasks.done(by=physiotherapist.user, at=NOW, patient=patient, task=Task.objects.get())
    anew = Planned("goal", "own", item.starts, text="Shops", review_on=second)
    care_plan.change(by=physiotherapist.user, at=NOW, patient=patient, item=item, planned=anew, seen=1)
    follow.run(at=NOW)
    assert [(task.due_on, task.done_at is None) for task in Task.objects.order_by("due_on")] == [
        (first, False),
        (second, True),
    ]
    assert [reminder.starts_on for reminder in present("review")] == [second]
    assert rang(second) == [("02-09", "R8")]
    assert Occurrence.objects.get().care_item == item


def test_a_medicine_of_the_plan_rings_in_its_rhythm_with_how_to_take_it(
    patient: Patient, physiotherapist: Clinician
) -> None:
    item = prescribe(
        patient,
        physiotherapist,
        "medicine",
        "bone_medicine",
        text="Weekly tablet",
        rrule="FREQ=WEEKLY;BYDAY=SU",
    )
    follow.run(at=NOW)
    assert rang(date(2026, 1, 20)) == [("01-11", "R4"), ("01-18", "R4")]
    turn = Occurrence.objects.first()
    assert turn is not None
    assert (turn.care_item, turn.title) == (item, "Your bone medicine: how to take it")


def test_a_monthly_medicine_skips_no_month_and_ends_with_its_item(
    patient: Patient, physiotherapist: Clinician
) -> None:
    prescribe(
        patient,
        physiotherapist,
        "medicine",
        "bone_medicine",
        text="Monthly tablet",
        rrule="FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        starts=date(2026, 1, 31),
        ends=date(2026, 5, 30),
    )
    follow.run(at=NOW)
    assert rang(date(2026, 7, 1)) == [("01-31", "R4"), ("02-28", "R4"), ("03-31", "R4"), ("04-30", "R4")]


def test_a_medicine_that_is_stopped_rings_no_more(patient: Patient, physiotherapist: Clinician) -> None:
    item = prescribe(patient, physiotherapist, "medicine", "supplement", text="Daily", rrule="FREQ=DAILY")
    follow.run(at=NOW)
    care_plan.stop(by=physiotherapist.user, at=NOW, patient=patient, item=item, reason="Enough")
    follow.run(at=NOW)
    assert present("medicine") == []


def test_a_medicine_that_ends_later_rings_up_to_its_last_day(
    patient: Patient, physiotherapist: Clinician
) -> None:
    prescribe(
        patient,
        physiotherapist,
        "medicine",
        "supplement",
        text="Daily",
        rrule="FREQ=DAILY",
        ends=date(2026, 1, 7),
    )
    follow.run(at=NOW)
    assert [day for day, _ in rang(date(2026, 1, 20))] == ["01-05", "01-06", "01-07"]


def test_the_review_of_a_goal_is_a_reminder_and_a_task_on_its_day(
    patient: Patient, physiotherapist: Clinician
) -> None:
    prescribe(patient, physiotherapist, "goal", "own", text="To the park", review_on=date(2026, 1, 9))
    follow.run(at=NOW)
    assert rang(date(2026, 2, 1)) == [("01-09", "R8")]
    assert Task.objects.waiting(date(2026, 1, 8)).count() == 0
    assert [task.kind for task in Task.objects.waiting(date(2026, 1, 9))] == ["review"]


def test_the_next_scan_is_told_a_week_and_a_day_ahead(patient: Patient, physiotherapist: Clinician) -> None:
    state(patient, physiotherapist, "next_scan", "dxa", since=date(2026, 2, 10))
    follow.run(at=NOW)
    assert rang(date(2026, 3, 1)) == [("02-03", "R7"), ("02-09", "R7")]


def test_reminders_of_a_scan_and_an_injection_name_the_day_in_the_readers_language(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "next_scan", "dxa", since=date(2026, 2, 10))
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    follow.run(at=NOW)
    rang(date(2026, 3, 12))
    told = {
        kind: {
            language: {
                wording.of(turn, language).body.partition("\n\n")[0]
                for turn in Occurrence.objects.filter(reminder__kind=kind)
            }
            for language in ("en", "es", "xx")
        }
        for kind in ("appointment", "injection")
    }
    assert told == {
        "appointment": {
            "en": {"Bone density scan: Tuesday, 10 February 2026."},
            "es": {"Densitometría ósea: martes, 10 de febrero de 2026."},
            "xx": {"Bone density scan: Tuesday, 10 February 2026."},
        },
        "injection": {
            "en": {"The day in our notes: Thursday, 5 March 2026."},
            "es": {"El día en nuestras notas: jueves, 5 de marzo de 2026."},
            "xx": {"The day in our notes: Thursday, 5 March 2026."},
        },
    }


def test_a_scans_reminder_that_rings_on_another_day_guesses_no_date(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "next_scan", "dxa", since=date(2026, 2, 10))
    follow.run(at=NOW)
    rang(date(2026, 2, 3))
    turn = Occurrence.objects.get()
    turn.local_date = date(2026, 2, 4)
    assert wording.of(turn, "en").body.startswith("There is an appointment on your plan soon.")


def test_what_follows_from_the_plan_speaks_the_patients_language_also_after_it_changed(
    patient: Patient, physiotherapist: Clinician
) -> None:
    daily = {"text": "Daily", "rrule": "FREQ=DAILY;COUNT=1"}
    prescribe(patient, physiotherapist, "medicine", "bone_medicine", **daily)
    prescribe(patient, physiotherapist, "medicine", "supplement", **daily)
    prescribe(patient, physiotherapist, "goal", "own", text="Shops", review_on=date(2026, 1, 5))
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 8, 5))
    state(patient, physiotherapist, "next_scan", "dxa", since=date(2026, 1, 12))
    follow.run(at=NOW)
    patient.language = "es"
    patient.save(update_fields=["language"])
    rang(date(2026, 2, 5))
    said = {turn.item: (turn.language, turn.title) for turn in Occurrence.objects.all()}
    assert said == {
        "R3": ("es", "Su medicina, según su plan"),
        "R4": ("es", "Su medicina para los huesos: cómo tomarla"),
        "R5": ("es", "Se acerca su próxima inyección para los huesos"),
        "R6": ("es", said["R6"][1]),
        "R7": ("es", "Se acerca una cita"),
        "R8": ("es", "Es hora de mirar juntos su plan"),
    }
    assert "inyección" in said["R6"][1]


def test_following_twice_makes_nothing_twice(patient: Patient, physiotherapist: Clinician) -> None:
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    state(patient, physiotherapist, "diagnosis", "osteopenia")
    assert follow.run(at=NOW) == 1
    assert follow.run(at=NOW) == 0
    before = list(Reminder.objects.values_list("pk", "revision"))
    follow.keep_in_step(at=NOW, patient=patient)
    assert list(Reminder.objects.values_list("pk", "revision")) == before
    assert (len(present("injection")), Task.objects.count()) == (1, 1)


def test_what_the_patient_changed_or_deleted_stays_so(patient: Patient, physiotherapist: Clinician) -> None:
    prescribe(patient, physiotherapist, "medicine", "supplement", text="Daily", rrule="FREQ=DAILY")
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    follow.run(at=NOW)
    verbs.change(by=patient.user, at=NOW, reminder=present("medicine")[0], local_time=time(18))
    verbs.remove(by=patient.user, at=NOW, reminder=present("injection")[0])
    state(patient, physiotherapist, "diagnosis", "osteopenia")
    follow.run(at=NOW)
    assert [one.local_time for one in present("medicine")] == [time(18)]
    assert present("injection") == []
    assert Task.objects.open().count() == 1  # the clinic's own task does not go with it


def test_a_task_is_done_once_and_stays_done(patient: Patient, physiotherapist: Clinician) -> None:
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 6, 1))
    follow.run(at=NOW)
    task = Task.objects.get()
    tasks.done(by=physiotherapist.user, at=NOW, patient=patient, task=task, note="Called: given elsewhere.")
    with pytest.raises(NotPossibleNowError):
        tasks.done(by=physiotherapist.user, at=NOW, patient=patient, task=task)
    follow.keep_in_step(at=NOW, patient=patient)
    task.refresh_from_db()
    assert (task.done_by, task.dropped_at) == (physiotherapist.user, None)


def test_another_patients_plan_changes_nothing_here(patient: Patient, physiotherapist: Clinician) -> None:
    other = a_patient(patient.clinic, "other")
    state(other, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    follow.run(at=NOW)
    assert not Reminder.objects.filter(patient=patient).exists()
    assert Reminder.objects.filter(patient=other).count() == 1


def test_the_relay_of_flags_leaves_changes_of_plans_alone(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "diagnosis", "osteopenia")
    assert relay.run(at=NOW) == 0
    assert OutboxEvent.objects.of_plans().count() == 1
    assert not Delivery.objects.exists()


def test_what_the_clinic_took_back_and_states_again_comes_again(
    patient: Patient, physiotherapist: Clinician
) -> None:
    state(patient, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    later = state(patient, physiotherapist, "injection", "denosumab", since=date(2026, 1, 4))
    follow.run(at=NOW)
    assert [one.source for one in present("injection")] == ["injection:denosumab:2026-07-04"]
    facts.withdraw(by=physiotherapist.user, at=NOW, patient=patient, fact=later, reason="Another patient")
    follow.run(at=NOW)
    again = state(patient, physiotherapist, "injection", "denosumab", since=date(2026, 1, 4))
    follow.run(at=NOW)
    assert again.pk != later.pk
    assert [one.source for one in present("injection")] == ["injection:denosumab:2026-07-04"]
    assert [task.source for task in Task.objects.open()] == ["injection:denosumab:2026-07-04"]


def test_a_plan_that_cannot_be_followed_costs_no_other_patient_a_reminder(
    patient: Patient, physiotherapist: Clinician, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = a_patient(patient.clinic, "other")
    for one in (patient, other):
        state(one, physiotherapist, "injection", "denosumab", since=date(2025, 9, 5))
    whole = follow.keep_in_step

    def broken(*, at: datetime, patient: Patient) -> None:
        if patient.pk != other.pk:
            raise ValueError
        whole(at=at, patient=patient)

    monkeypatch.setattr(follow, "keep_in_step", broken)
    assert follow.run(at=NOW) == 1
    assert [one.patient for one in present("injection")] == [other]
    monkeypatch.undo()
    assert follow.run(at=NOW) == 1
