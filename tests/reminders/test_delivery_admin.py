"""The page of deliveries: what, to whom, how far it came, why not, and once more."""

import re
from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journal.accounts.models import Clinic, Clinician, Patient
from journal.admin import lists
from journal.models import Change, StaffRead
from reminders import relay
from reminders.actions import digests, webhooks
from reminders.admin import DeliveryPages
from reminders.models import Delivery, Occurrence, Reminder
from tests.journal.test_admin_care import words
from tests.journal.test_admin_large import plan
from tests.reminders.test_admin import signed_in
from tests.reminders.test_delivery import TEN, due, send
from tests.support.browser_push import Browser
from tests.support.peer import Peer
from tests.support.people import a_clinic, a_clinician, a_flag, a_patient
from tests.support.phones import a_phone
from tests.support.smtp import Mailbox

pytestmark = pytest.mark.django_db

LIST = "/admin/reminders/delivery/"


@pytest.fixture(autouse=True)
def _plain(settings: Any) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = settings.SECURE_SSL_REDIRECT = False


@pytest.fixture(autouse=True)
def time_at_ten() -> Iterator[None]:
    with time_machine.travel(TEN, tick=False):
        yield


def page(by: Clinician, path: str = LIST, **query: str) -> str:
    answer = signed_in(by).get(path, query)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(by: Clinician, **query: str) -> list[Delivery]:
    found: list[Delivery] = list(signed_in(by).get(LIST, query).context["cl"].result_list)
    return found


def test_a_failed_push_says_over_what_to_whom_and_why(
    patient: Patient, physiotherapist: Clinician, peer: Peer, vapid: str
) -> None:
    peer.answers["/push/1"] = (410, {}, b"")
    a_phone(patient, Browser(peer.url("/push/1")).subscription, at=TEN, label="Tablet")
    due(patient, channels=["push"], kind="custom", title="Tramadol")
    send("reminder")
    row = Delivery.objects.get()
    for text in (page(physiotherapist), page(physiotherapist, f"{LIST}{row.pk}/change/")):
        assert "Web Push, Tablet" in text
        assert "failed" in text
        assert "HTTP 410" in text
        assert "Tramadol" not in text


@pytest.mark.parametrize(("kind", "name"), [("exercise", "Exercise"), ("fall-prevention", "Fall prevention")])
def test_the_list_says_what_it_was_in_words(
    patient: Patient, physiotherapist: Clinician, kind: str, name: str
) -> None:
    due(patient, kind=kind)
    text = words(page(physiotherapist))
    assert name in text
    assert f"reminder.{kind}" not in text


def test_each_try_stands_on_the_page_of_a_delivery(
    clinic: Clinic, patient: Patient, physiotherapist: Clinician, peer: Peer
) -> None:
    webhooks.add(by=None, at=TEN, clinic=clinic, url=peer.url("/hook"))
    peer.answers["/hook"] = (500, {}, b"")
    a_flag(patient, at=TEN)
    relay.run(at=TEN)
    send("webhook")
    peer.answers.clear()
    row = Delivery.objects.get(channel="webhook")
    send("webhook", row.due_at)
    text = page(physiotherapist, f"{LIST}{row.pk}/change/")
    assert "HTTP 500" in text
    assert "went out" in text
    assert peer.url("/hook") in text


def digest(patient: Patient) -> Delivery:
    a_flag(patient, at=TEN, urgency="within-48h", due_at=TEN + timedelta(hours=40))
    relay.run(at=TEN)
    digests.make_due(at=TEN)
    return Delivery.objects.get(kind="flag.digest")


def test_a_digest_is_in_its_clinics_list_and_in_no_other(
    patient: Patient, physiotherapist: Clinician
) -> None:
    row = digest(patient)
    assert shown(physiotherapist) == [row]
    assert "Morning digest" in page(physiotherapist, f"{LIST}{row.pk}/change/")
    val = a_clinician(a_clinic("valley"), "val", role="lead")
    assert shown(val) == []
    assert signed_in(val).get(f"{LIST}{row.pk}/change/").status_code == 404


def test_a_look_at_a_digest_is_a_look_at_nobodys_record(patient: Patient, physiotherapist: Clinician) -> None:
    digest(patient)
    page(physiotherapist)
    assert not StaffRead.objects.exists()


def press(by: Clinician, row: Delivery) -> str:
    chosen = {"action": "send_again_selected", "_selected_action": [row.pk]}
    return signed_in(by).post(LIST, chosen, follow=True).content.decode()


def test_a_digest_is_not_sent_again(patient: Patient, physiotherapist: Clinician) -> None:
    row = digest(patient)
    assert "not sent again" in press(physiotherapist, row)
    assert not Change.objects.filter(verb="delivery.send-again").exists()


def test_a_refused_reminder_is_mailed_once_more_when_staff_say_so(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox, time_at_ten: None
) -> None:
    mailbox.answers["pat@home.example"] = "550 no such person"
    due(patient, channels=["email"])
    send("reminder")
    mailbox.answers.clear()
    press(physiotherapist, Delivery.objects.get())
    send("reminder")
    assert len(mailbox.to("pat@home.example")) == 1


def test_a_reminder_whose_turn_is_over_is_not_sent_again(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox, time_at_ten: None
) -> None:
    mailbox.answers["pat@home.example"] = "550 no such person"
    due(patient, channels=["email"])
    send("reminder")
    Reminder.objects.get().occurrences.update(state="done", acted_at=TEN)
    assert "turn is over" in press(physiotherapist, Delivery.objects.get())
    assert Delivery.objects.get().state == "refused"


def test_the_last_four_weeks_are_listed_unless_more_is_asked_for(
    patient: Patient, physiotherapist: Clinician
) -> None:
    for days in (1, 27, 29, 364, 366):
        due(patient, channels=["inbox"], kind="custom")
        row = Delivery.objects.latest("pk")
        Delivery.objects.filter(pk=row.pk).update(due_at=TEN - timedelta(days=days))
    assert len(shown(physiotherapist)) == 2
    assert len(shown(physiotherapist, time="365")) == 4
    assert len(shown(physiotherapist, time="all")) == 5


def test_pages_hold_every_delivery_once_the_clinics_own_among_them_newest_first(
    patient: Patient, physiotherapist: Clinician, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest(patient)
    for days in (1, 3, 9, 20):
        due(patient, channels=["inbox"], kind="custom")
        row = Delivery.objects.latest("pk")
        Delivery.objects.filter(pk=row.pk).update(due_at=TEN - timedelta(days=days))
    every = list(Delivery.objects.order_by("-due_at", "pk"))
    monkeypatch.setattr("reminders.admin.DeliveryAdmin.list_per_page", 2)
    for most in (lists.MOST, len(every)):
        monkeypatch.setattr(lists, "MOST", most)
        pages = [shown(physiotherapist, p=str(number + 1)) for number in range(-(-len(every) // 2))]
        assert [row for page in pages for row in page] == every


def test_the_newest_of_a_clinic_are_found_by_its_patients(
    patient: Patient, physiotherapist: Clinician
) -> None:
    lately = Delivery.objects.visible_to(physiotherapist.user).filter(due_at__gte=TEN - timedelta(days=2))
    rows = lately.order_by("-due_at", "pk")
    pages = DeliveryPages(rows, 50, Patient.objects.visible_to(physiotherapist.user))
    statement, values = pages.arms(rows, 50)[0].query.sql_with_params()
    found = plan(statement, values, physiotherapist.user, "bitmapscan")
    assert re.search(r"Index Cond: \(\(patient_id = ANY .* AND \(due_at >= ", found), found


def test_deliveries_are_filtered_by_receipt(patient: Patient, physiotherapist: Clinician) -> None:
    due(patient, channels=["inbox"])
    due(patient, channels=["inbox"], kind="custom")
    send("reminder")
    first = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=first.pk).update(opened_at=TEN)
    assert shown(physiotherapist, receipt="opened") == [first]


def test_every_delivery_leads_to_its_own_page_and_to_what_it_is_about(
    patient: Patient, physiotherapist: Clinician
) -> None:
    due(patient)
    turn = Occurrence.objects.get()
    flag = a_flag(patient, at=TEN)
    relay.run(at=TEN)
    text = page(physiotherapist)
    for row in Delivery.objects.all():
        assert re.search(rf'<a [^>]*href="{LIST}{row.pk}/change/[^>]*>[^<\s]', text), row
    for address in (f"occurrence/{turn.pk}", f"flag/{flag.pk}"):
        assert f"/{address}/change/" in text


def again(by: Clinician, row: Delivery) -> str:
    return signed_in(by).post(f"{LIST}{row.pk}/again/", follow=True).content.decode()


def test_one_message_is_sent_again_from_its_own_page(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    mailbox.answers["pat@home.example"] = "550 no such person"
    due(patient, channels=["email"])
    send("reminder")
    mailbox.answers.clear()
    row = Delivery.objects.get()
    assert f"{LIST}{row.pk}/again/" in page(physiotherapist, f"{LIST}{row.pk}/change/")
    assert "On the way again: 1 message." in again(physiotherapist, row)
    send("reminder")
    assert len(mailbox.to("pat@home.example")) == 1
    assert f"{LIST}{row.pk}/again/" not in page(physiotherapist, f"{LIST}{row.pk}/change/")


def test_nobody_sends_again_what_is_another_clinics_or_by_a_mere_look(
    patient: Patient, physiotherapist: Clinician
) -> None:
    due(patient, channels=["email"])
    row = Delivery.objects.get()
    val = signed_in(a_clinician(a_clinic("valley"), "val", role="lead"))
    assert val.post(f"{LIST}{row.pk}/again/").status_code == 404
    assert signed_in(physiotherapist).get(f"{LIST}{row.pk}/again/").status_code == 405
    assert not Change.objects.filter(verb="delivery.send-again").exists()


@pytest.mark.parametrize(
    ("code", "said"),
    [("logged", "the journal is written"), ("consent", "no consent"), ("measured", "the height is measured")],
)
def test_why_a_message_was_not_needed_is_said_in_words(
    patient: Patient, physiotherapist: Clinician, code: str, said: str
) -> None:
    due(patient, channels=["email"])
    Delivery.objects.update(state="dropped", last_error=code)
    assert said in page(physiotherapist)


# --- found, filtered, and in whose time ---


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"channel": "email"}, {"email"}),
        ({"channel": "inbox"}, {"inbox"}),
        ({"channel": "webhook"}, set()),
        ({"kind": "reminder.custom"}, {"inbox", "email"}),
        ({"kind": "flag.opened"}, set()),
        ({"topic__exact": "reminder"}, {"inbox", "email"}),
        ({"topic__exact": "flag"}, set()),
    ],
)
def test_deliveries_are_filtered_by_channel_kind_and_topic(
    patient: Patient, physiotherapist: Clinician, asked: dict[str, str], found: set[str]
) -> None:
    due(patient, channels=["inbox", "email"], kind="custom")
    assert {row.channel for row in shown(physiotherapist, **asked)} == found


def test_every_channel_and_kind_is_offered_in_words(patient: Patient, physiotherapist: Clinician) -> None:
    due(patient, channels=["email"])
    text = page(physiotherapist)
    for offered in ("?channel=push", "?channel=webhook", "?kind=flag.chased", "?kind=reminder.medicine"):
        assert offered in text
    assert "Flag still unacknowledged" in text


LISTS = ("reminder", "occurrence", "delivery")


@pytest.fixture
def ada(patient: Patient) -> Patient:
    """One of three, of whom one goes to another clinic."""
    people = [a_patient(patient.clinic, "ada"), patient, a_patient(a_clinic("valley"), "far")]
    for one, name in zip(people, ("Ada Berg", "Pat Moss", "Ada Fern"), strict=True):
        one.name = name
        one.save(update_fields=["name"])
    for one in people:
        due(one, channels=["inbox", "email"], kind="custom")
    return people[0]


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("query", ["q=ada", "q=berg+ADA", "patient={}"])
def test_one_patients_rows_are_found_in_each_list(
    ada: Patient, physiotherapist: Clinician, what: str, query: str
) -> None:
    answer = signed_in(physiotherapist).get(f"/admin/reminders/{what}/?{query.format(ada.pk)}")
    assert {row.patient_id for row in answer.context["cl"].result_list} == {ada.pk}
    looks = set(StaffRead.objects.values_list("patient", "how"))
    assert looks == {(ada.pk, "search" if query.startswith("q") else "list")}


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize(
    "query", ["q=fern", "q=nobody", "patient={}", "patient=x", "patient=", "patient=999999999999999999999"]
)
def test_another_clinics_patient_is_not_found_and_not_named(
    ada: Patient, physiotherapist: Clinician, what: str, query: str
) -> None:
    far = Patient.objects.get(name="Ada Fern")
    answer = signed_in(physiotherapist).get(f"/admin/reminders/{what}/?{query.format(far.pk)}", follow=True)
    assert "Ada Fern" not in answer.content.decode()
    assert not {row.patient_id for row in answer.context["cl"].result_list} & {far.pk}
    assert (query == "patient=") is bool(answer.context["cl"].result_list)


def test_the_patients_page_leads_to_the_patients_own_lists(ada: Patient, physiotherapist: Clinician) -> None:
    text = page(physiotherapist, f"/admin/accounts/patient/{ada.pk}/change/")
    for what in LISTS:
        assert f"/admin/reminders/{what}/?patient={ada.pk}" in text


@pytest.mark.parametrize("what", LISTS)
def test_an_index_finds_the_rows_of_who_is_searched_for(
    ada: Patient, physiotherapist: Clinician, what: str
) -> None:
    client = signed_in(physiotherapist)
    client.get(f"/admin/reminders/{what}/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/admin/reminders/{what}/?q=ada")
    table = f'FROM "reminders_{what}"'
    asked = [one["sql"] for one in queries.captured_queries if table in one["sql"] and "LIMIT" in one["sql"]]
    assert asked
    for statement in asked:
        found = plan(statement.replace("%", "%%"), (), physiotherapist.user, "bitmapscan")
        assert re.search(rf"on reminders_{what}\s.*\n\s+Index Cond: \(.*patient_id = ANY", found), found


def test_what_is_refused_is_said_in_one_sentence(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    due(patient, channels=["inbox", "email"])
    due(patient, channels=["email"], kind="custom")
    send("reminder")
    digest(patient)
    chosen = list(Delivery.objects.exclude(topic="flag").values_list("pk", flat=True))
    assert len(chosen) == 3

    def said(keys: list[int]) -> list[str]:
        sent = {"action": "send_again_selected", "_selected_action": keys}
        answer = signed_in(physiotherapist).post(LIST, sent, follow=True)
        return [str(one) for one in answer.context["messages"]]

    assert said(chosen) == ["Not sent again: 3 messages. This message is sent already."]
    assert said([*chosen, Delivery.objects.get(kind="flag.digest").pk]) == [
        "Not sent again: 4 messages. This message is sent already. (3) "
        "A digest is not sent again: the next one counts anew. (1)"
    ]


def test_what_staff_are_told_stands_in_the_clinics_time_and_the_rest_in_the_patients(
    clinic: Clinic, patient: Patient, physiotherapist: Clinician, peer: Peer
) -> None:
    clinic.timezone, patient.timezone = "Europe/London", "America/St_Johns"
    clinic.save(update_fields=["timezone"])
    patient.save(update_fields=["timezone"])
    webhooks.add(by=None, at=TEN, clinic=clinic, url=peer.url("/hook"))
    flag = a_flag(patient, at=TEN)
    relay.run(at=TEN)
    due(patient, channels=["inbox"], kind="custom", local_time=time(5, 30))
    zones = {(row.topic, row.zone.key) for row in Delivery.objects.all()}
    assert zones == {
        ("flag", "Europe/London"),
        ("webhook", "Europe/London"),
        ("reminder", "America/St_Johns"),
    }
    mail, turn = Delivery.objects.get(channel="email"), Delivery.objects.get(channel="inbox")
    assert "Mon 5 Jan 2026, 09:00 (Europe/London)" in page(physiotherapist, f"{LIST}{mail.pk}/change/")
    assert "05:30 (America/St_Johns)" in page(physiotherapist, f"{LIST}{turn.pk}/change/")
    told = page(physiotherapist, f"/admin/journal/flag/{flag.pk}/change/")
    assert "Mon 5 Jan 2026, 09:00 (Europe/London)" in told


def test_tries_that_lie_seconds_apart_are_told_apart(
    patient: Patient, physiotherapist: Clinician, mailbox: Mailbox
) -> None:
    mailbox.answers["pat@home.example"] = "451 later"
    due(patient, channels=["email"])
    at = TEN
    for _ in range(3):
        send("reminder", at)
        at = Delivery.objects.get().due_at
    text = page(physiotherapist, f"{LIST}{Delivery.objects.get().pk}/change/")
    for second in ("10:00:00", "10:00:02", "10:00:06"):
        assert f"Mon 5 Jan 2026, {second} (Europe/Berlin)" in text
