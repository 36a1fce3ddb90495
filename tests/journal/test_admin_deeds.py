"""Working in the queue: a deed in a row, on many rows, on a page out of date; word of what came in."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, Session, User
from journal.actions import flags
from journal.models import Change, Flag, FlagAction, StaffRead
from tests.support import desk as people

QUEUE = reverse("admin:journal_flag_changelist")
NEWS = reverse("admin:journal_flag_news")


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill)


def press(desk: Client, name: str, flag: Flag, **said: Any) -> str:
    address = reverse(f"admin:journal_flag_{name}", args=[flag.pk])
    return desk.post(address, said, follow=True).content.decode()


def test_a_flag_is_given_to_a_colleague_and_the_record_says_to_whom(
    desk: Client, hill: Clinic, mira: User, ada: Patient
) -> None:
    ben = people.clinician(hill, "ben@hill.example", name="Ben Ortiz").clinician
    flag = people.flag(ada, owner=mira.clinician)
    page = press(desk, "assign", flag, owner=ben.pk, note="You know her.", back="owner=mine")
    assert "Assigned." in page
    assert "Ada Berg" not in page  # it left the view of what is mine
    flag.refresh_from_db()
    assert flag.owner == ben
    deed = FlagAction.objects.get()
    assert (deed.kind, deed.to, deed.by) == ("assign", ben, mira)
    assert Change.objects.filter(verb="flag.assign", by=mira).exists()
    assert "Assigned: Ben Ortiz" in " ".join(
        desk.get(reverse("admin:journal_flag_change", args=[flag.pk]))
        .content.decode()
        .replace("<strong>", "")
        .replace("</strong>", "")
        .split()
    )


def test_a_flag_can_not_be_given_to_another_clinic(desk: Client, lake: Clinic, ada: Patient) -> None:
    lena = people.clinician(lake, "lena@lake.example", name="Lena Moss").clinician
    flag = people.flag(ada)
    assert "Nothing was changed" in press(desk, "assign", flag, owner=lena.pk, note="", back="")
    assert Flag.objects.get().owner is None


def test_a_note_is_kept_on_a_resolved_flag_too_and_its_state_stays(desk: Client, ada: Patient) -> None:
    flag = people.flag(ada, status="resolved")
    assert "The note is kept." in press(desk, "note", flag, note="She called back.")
    assert FlagAction.objects.get().note == "She called back."
    assert Flag.objects.get().status == "resolved"


def test_a_row_is_resolved_in_place_and_the_list_comes_back_with_its_filters(
    desk: Client, ada: Patient
) -> None:
    flag = people.flag(ada)
    address = reverse("admin:journal_flag_resolve", args=[flag.pk])
    said = {"outcome": "contacted", "note": "Spoke to her.", "back": "urgency=same-day"}
    assert desk.post(address, said).headers["Location"] == f"{QUEUE}?urgency=same-day"
    assert Flag.objects.get().status == "resolved"


def test_the_way_back_leads_nowhere_but_to_the_queue(desk: Client, ada: Patient) -> None:
    address = reverse("admin:journal_flag_acknowledge", args=[people.flag(ada).pk])
    answer = desk.post(address, {"note": "", "back": "//evil.example/?a=1"})
    assert answer.headers["Location"].startswith(f"{QUEUE}?")


def test_an_incomplete_row_says_what_is_missing(desk: Client, ada: Patient) -> None:
    page = press(desk, "resolve", people.flag(ada), outcome="", note="", back="")
    assert "Please fill in: What came of it, Note, for your colleagues and for later." in page
    assert Flag.objects.get().status == "open"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("acknowledge", {"note": ""}),
        ("resolve", {"outcome": "contacted", "note": "Spoke to her."}),
        ("lift-hold", {"note": ""}),
    ],
)
def test_a_page_that_is_out_of_date_changes_nothing_and_says_what_the_flag_is_now(
    desk: Client, hill: Clinic, ada: Patient, name: str, said: dict[str, str]
) -> None:
    ben = people.clinician(hill, "ben@hill.example", name="Ben Ortiz")
    flag = people.flag(ada, holds_exercise=True)
    seen = flags.look_of(flag)
    flags.assign(by=ben, at=timezone.now(), flag=flag, owner=ben.clinician)
    page = press(desk, name, flag, seen=seen, **said)
    assert "changed after your page was shown: it is open, with Ben Ortiz" in page
    assert not FlagAction.objects.exclude(kind="assign").exists()


def test_the_patient_reading_the_advice_makes_no_page_out_of_date(
    desk: Client, mira: User, ada: Patient
) -> None:
    flag = people.flag(ada)
    seen = flags.look_of(flag)
    flags.mark_seen(by=mira, at=timezone.now(), flag=flag)
    flags.add_note(by=mira, at=timezone.now(), flag=flag, note="Calls at noon.")
    assert "Acknowledged." in press(desk, "acknowledge", flag, seen=seen, note="")


@pytest.mark.parametrize(
    ("name", "said", "thanks"),
    [
        ("assign", {"owner": "ben", "note": ""}, "Assigned: 2 flags."),
        ("note", {"note": "Team meeting."}, "Noted: 2 flags."),
        ("resolve", {"outcome": "known", "note": "Known for years."}, "Resolved: 2 flags."),
    ],
)
def test_chosen_flags_are_dealt_with_together_after_one_question(
    desk: Client, hill: Clinic, name: str, said: dict[str, str], thanks: str
) -> None:
    ben = people.clinician(hill, "ben@hill.example", name="Ben Ortiz").clinician
    both = [people.flag(people.patient(hill, one)) for one in ("Ada Berg", "Cleo Marsh")]
    chosen = {
        "action": f"{name}_selected",
        "_selected_action": [str(flag.pk) for flag in both],
        **{f"seen-{flag.pk}": flags.look_of(flag) for flag in both},
    }
    asked = desk.post(QUEUE, chosen).content.decode()
    assert "Ada Berg" in asked
    assert not FlagAction.objects.exists()
    assert StaffRead.objects.filter(route="admin:journal_flag_changelist").count() == 2
    answers = {key: str(ben.pk) if value == "ben" else value for key, value in said.items()}
    assert thanks in desk.post(QUEUE, {**chosen, "confirmed": "yes", **answers}, follow=True).content.decode()
    assert FlagAction.objects.filter(kind=name).count() == 2


def test_of_chosen_flags_the_one_that_changed_meanwhile_is_left_and_named(
    desk: Client, hill: Clinic, mira: User
) -> None:
    both = [people.flag(people.patient(hill, one)) for one in ("Ada Berg", "Cleo Marsh")]
    chosen: dict[str, Any] = {
        "action": "acknowledge_selected",
        "_selected_action": [str(flag.pk) for flag in both],
        **{f"seen-{flag.pk}": flags.look_of(flag) for flag in both},
    }
    flags.assign(by=mira, at=timezone.now(), flag=both[0], owner=mira.clinician)
    page = desk.post(QUEUE, chosen, follow=True).content.decode()
    assert "Acknowledged: 1 flag." in page
    assert "Ada Berg, Sudden back pain: This flag changed after" in page
    assert {flag.patient.name for flag in Flag.objects.filter(status="open")} == {"Ada Berg"}


def test_only_what_is_past_its_time_is_overdue(desk: Client, hill: Clinic) -> None:
    now = timezone.now()
    people.flag(people.patient(hill, "Late Larsen"), due_at=now - timedelta(hours=1))
    people.flag(people.patient(hill, "Soon Silva"), due_at=now + timedelta(hours=1))
    people.flag(people.patient(hill, "Done Diaz"), due_at=now - timedelta(hours=1), status="resolved")
    page = desk.get(QUEUE, {"overdue": "yes"}).content.decode()
    assert "Late Larsen" in page
    assert "Soon Silva" not in page
    assert "Done Diaz" not in page


def test_the_mark_of_the_queue_changes_with_each_flag_and_each_deed(
    desk: Client, ada: Patient, mira: User
) -> None:
    marks = [desk.get(NEWS).json()["mark"]]
    flag = people.flag(ada)
    marks.append(desk.get(NEWS).json()["mark"])
    flags.acknowledge(by=mira, at=timezone.now(), flag=flag)
    marks.append(desk.get(NEWS).json()["mark"])
    assert len(set(marks)) == 3


def test_the_news_know_nothing_of_another_clinic(desk: Client, lake: Clinic) -> None:
    before = desk.get(NEWS).json()
    people.flag(people.patient(lake, "Far Away"))
    assert desk.get(NEWS).json() == before == {"open": 0, "mark": "0.0.0"}


def test_a_page_that_asks_by_itself_keeps_no_session_alive_and_looks_at_nobody(
    desk: Client, ada: Patient
) -> None:
    people.flag(ada)
    desk.get(QUEUE)
    looks = StaffRead.objects.count()
    ends = timezone.now() + timedelta(minutes=3)
    Session.objects.update(expire_date=ends)
    desk.get(NEWS, headers={"X-Osteon-Unattended": "1"})
    assert StaffRead.objects.count() == looks
    assert _session().expire_date == ends
    desk.get(QUEUE, headers={"X-Osteon-Unattended": "1"})
    assert StaffRead.objects.count() == looks + 1  # the list it then shows is a look
    assert _session().expire_date == ends
    desk.get(QUEUE)
    assert _session().expire_date > ends


def test_nobody_signed_out_gets_news(client: Client) -> None:
    assert client.get(NEWS).status_code == 302


def _session() -> Session:
    return Session.objects.get()
