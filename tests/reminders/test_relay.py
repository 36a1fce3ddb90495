"""News of a flag reaches the care team: who is told, once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.actions import flags
from journal.models import OutboxEvent
from reminders import relay
from reminders.models import Delivery
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def told() -> list[str]:
    return sorted(row.recipient.email.partition("@")[0] for row in Delivery.objects.select_related("to"))


def test_the_assigned_physiotherapist_and_the_leads_are_told(
    clinic: Clinic, patient: Patient, physiotherapist: Clinician
) -> None:
    a_clinician(clinic, "lea", role="lead")
    a_clinician(clinic, "colleague")
    a_clinician(a_clinic("valley"), "stranger", role="lead")
    a_flag(patient, at=AT)
    assert relay.run(at=AT) == 2
    assert told() == ["lea", "thea"]


@pytest.mark.parametrize(
    ("raised", "people"),
    [
        # The digest of the morning has gone out; the next one comes on Monday, and the flag is due on Sunday.
        (datetime(2026, 1, 9, 8, 5, tzinfo=UTC), ["thea"]),
        (datetime(2026, 1, 9, 19, tzinfo=UTC), ["thea"]),
        (datetime(2026, 1, 9, 7, 55, tzinfo=UTC), []),
        (datetime(2026, 1, 10, 8, 5, tzinfo=UTC), []),
        (datetime(2026, 1, 8, 8, 5, tzinfo=UTC), []),
    ],
)
def test_what_would_be_due_before_the_next_digest_is_told_at_once(
    patient: Patient, physiotherapist: Clinician, raised: datetime, people: list[str]
) -> None:
    a_flag(patient, at=raised, urgency="within-48h", due_at=raised + timedelta(hours=48))
    relay.run(at=raised)
    assert told() == people


def test_the_whole_clinic_is_told_when_nobody_is_assigned(clinic: Clinic) -> None:
    a_clinician(clinic, "one")
    a_clinician(clinic, "two")
    a_clinician(clinic, "gone", active=False)
    a_flag(a_patient(clinic), at=AT)
    relay.run(at=AT)
    assert told() == ["one", "two"]


def test_the_whole_clinic_is_told_when_the_assigned_one_has_left(
    clinic: Clinic, patient: Patient, physiotherapist: Clinician
) -> None:
    a_clinician(clinic, "colleague")
    physiotherapist.user.is_active = False
    physiotherapist.user.save(update_fields=["is_active"])
    a_flag(patient, at=AT)
    relay.run(at=AT)
    assert told() == ["colleague"]


def test_the_operators_are_told_when_a_clinic_has_nobody(clinic: Clinic) -> None:
    User.objects.create_superuser("operator@host.example", "x")
    a_flag(a_patient(clinic), at=AT)
    relay.run(at=AT)
    assert told() == ["operator"]


def test_news_that_nobody_can_be_told_waits_until_somebody_comes(clinic: Clinic) -> None:
    a_flag(a_patient(clinic), at=AT)
    assert relay.run(at=AT) == 0
    assert OutboxEvent.objects.filter(relayed_at=None).count() == 1
    a_clinician(clinic, "new")
    relay.run(at=AT + timedelta(hours=1))
    assert told() == ["new"]


def test_news_without_a_recipient_holds_up_no_other(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "BATCH", 2)
    for number in range(3):
        a_flag(a_patient(clinic, f"lost{number}"), at=AT)
    staffed = a_clinic("valley")
    a_clinician(staffed, "val")
    a_flag(a_patient(staffed, "found"), at=AT)
    assert relay.run(at=AT) == 1
    assert told() == ["val"]


def test_relaying_again_tells_nobody_twice(patient: Patient) -> None:
    a_flag(patient, at=AT)
    relay.run(at=AT)
    relay.run(at=AT)
    OutboxEvent.objects.update(relayed_at=None)
    relay.run(at=AT)
    assert told() == ["thea"]


def test_a_reopened_flag_is_news_again(patient: Patient) -> None:
    flag = a_flag(patient, at=AT)
    relay.run(at=AT)
    OutboxEvent.objects.create(patient=patient, kind="flag.reopened", subject_id=flag.pk, at=AT)
    relay.run(at=AT)
    assert told() == ["thea", "thea"]


def test_an_acknowledged_flag_is_relayed_and_sends_nothing(
    patient: Patient, physiotherapist: Clinician
) -> None:
    flag = a_flag(patient, at=AT)
    relay.run(at=AT)
    flags.acknowledge(by=physiotherapist.user, at=AT, flag=flag)
    assert relay.run(at=AT) == 0
    assert OutboxEvent.objects.filter(relayed_at=None).count() == 0


def test_news_that_cannot_be_told_keeps_no_other_news_waiting(
    patient: Patient, physiotherapist: Clinician
) -> None:
    lost = OutboxEvent.objects.create(patient=patient, kind="flag.opened", subject_id=uuid4(), at=AT)
    a_flag(patient, at=AT)
    assert relay.run(at=AT) == 1
    assert told() == ["thea"]
    assert list(OutboxEvent.objects.filter(relayed_at=None)) == [lost]
