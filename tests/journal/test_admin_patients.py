"""Patients, entries, invitations: the rest of the desk."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Invitation, User
from journal.actions import invitations
from journal.models import EntryVersion
from tests.support import desk as people


def read(desk: Client, name: str, *args: object) -> str:
    response = desk.get(reverse(name, args=args))
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_list_tells_last_entry_open_flags_and_physiotherapist(
    desk: Client, hill: Clinic, mira: User
) -> None:
    now = timezone.now()
    ada = people.patient(hill, "Ada Berg", physiotherapist=mira.clinician, born=date(1950, 1, 1))
    people.entry(ada, at=now - timedelta(days=40))
    people.entry(ada, at=now - timedelta(days=9))
    people.entry(ada, at=now, deleted_at=now)
    people.flag(ada)
    people.flag(ada, pattern="new-numbness", status="acknowledged")
    people.flag(ada, pattern="calf-swelling", status="resolved")
    page = read(desk, "admin:accounts_patient_changelist")
    assert re.search(r"Ada Berg \d\d years .* 9 days ago \w{3} \d+ \w{3} \d{4} .* 2 Mira Sol", page)


def test_a_patient_who_never_logged_is_said_to_be_silent_not_well(desk: Client, hill: Clinic) -> None:
    people.patient(hill, "Ben Okafor")
    assert "nothing logged yet 0 of 28 not asked none nobody" in read(
        desk, "admin:accounts_patient_changelist"
    )


def test_the_page_shows_the_last_four_weeks_with_days_not_logged_as_such(desk: Client, hill: Clinic) -> None:
    now = timezone.now()
    ada = people.patient(hill, "Ada Berg", history=["osteoporosis", "known_sensory_left_leg"])
    people.entry(ada, at=now)
    people.entry(ada, {"falls": []}, at=now - timedelta(days=4))
    people.entry(ada, {"note": "out of sight"}, at=now - timedelta(days=30))
    page = read(desk, "admin:accounts_patient_change", ada.pk)
    assert "Pain: Lower back, in the middle: 8 of 10" in page
    assert "nothing logged (3 days)" in page
    assert "nothing logged (23 days)" in page
    assert "known numbness or tingling, left leg" in page
    assert "out of sight" not in page
    assert "No unresolved flag. Flags come only from what is logged below." in page


def test_an_entry_shows_every_question_and_its_earlier_versions(desk: Client, hill: Clinic) -> None:
    ada = people.patient(hill)
    entry = people.entry(ada, version=2)
    EntryVersion.objects.create(
        patient=ada,
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
    page = read(desk, "admin:journal_entry_change", entry.pk)
    assert "What the patient said (version 2)" in page
    assert "Falls not asked" in page
    assert "Nerve symptoms none" in page
    assert (
        "Version 1 , said Tue 10 Mar 2026, 10:00 (Europe/Berlin) Pain: Lower back, in the middle: 3 of 10."
        in page
    )


def test_a_deleted_entry_says_so(desk: Client, hill: Clinic) -> None:
    entry = people.entry(people.patient(hill), deleted_at=people.NOW)
    assert "The patient deleted this entry on Tue 10 Mar 2026" in read(
        desk, "admin:journal_entry_change", entry.pk
    )
    assert "Deleted by the patient" in read(desk, "admin:journal_entry_changelist")


# --- the clinic's office ---


@pytest.fixture
def lead(client: Client, hill: Clinic) -> Client:
    client.force_login(people.clinician(hill, "lea@hill.example", lead=True, name="Lea Dahl"))
    return client


NEW = reverse("admin:accounts_invitation_new")


def test_a_lead_makes_an_invitation_and_sees_the_code_once(lead: Client, hill: Clinic) -> None:
    said = {
        "name": "Gus Hall",
        "born": "1949-02-03",
        "sex": "M",
        "peak_height_cm": "178.5",
        "history": ["osteoporosis", "diabetes"],
    }
    page = lead.post(NEW, said).content.decode()
    code = re.search(r'class="desk-code">([A-Z2-9-]{23})<', page)
    assert code
    found = invitations.find(at=timezone.now(), code=code[1])
    assert found.clinic == hill
    assert found.profile == {**said, "peak_height_cm": 178.5}
    for address in [reverse("admin:accounts_invitation_changelist"), NEW]:
        assert code[1] not in lead.get(address).content.decode()
    assert "Gus Hall" in lead.get(reverse("admin:accounts_invitation_changelist")).content.decode()


def test_a_mistyped_profile_makes_no_invitation(lead: Client) -> None:
    page = lead.post(NEW, {"peak_height_cm": "17"}).content.decode()
    assert "greater than or equal to 100" in page
    assert not Invitation.objects.exists()


def test_only_leads_invite_and_see_the_office(desk: Client) -> None:
    assert desk.post(NEW, {"name": "x"}).status_code == 403
    assert not Invitation.objects.exists()
    for model in ("clinic", "clinician", "invitation"):
        assert desk.get(reverse(f"admin:accounts_{model}_changelist")).status_code == 403


def test_a_lead_sees_the_own_clinics_office_alone(lead: Client, hill: Clinic, lake: Clinic) -> None:
    stranger = people.clinician(lake, "zed@lake.example", name="Zed Lund")
    staff = lead.get(reverse("admin:accounts_clinician_changelist")).content.decode()
    assert "lea@hill.example" in staff
    assert "zed@lake.example" not in staff
    assert "Clinic Lake" not in lead.get(reverse("admin:accounts_clinic_changelist")).content.decode()
    for name, pk in [("clinic", lake.pk), ("clinician", stranger.clinician.pk)]:
        assert lead.get(reverse(f"admin:accounts_{name}_change", args=[pk])).status_code == 404
    assert "Europe/Berlin" in read(lead, "admin:accounts_clinic_change", hill.pk)
