"""Nothing crosses from one clinic to another, and every look is written down first."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.models import Entry, Flag, FlagAction, StaffRead
from tests.support import desk as people

LISTS = [
    "admin:journal_flag_changelist",
    "admin:accounts_patient_changelist",
    "admin:journal_entry_changelist",
]


def pages_of(patient: Patient) -> list[tuple[str, str]]:
    """Route and address of every page about a patient."""
    rows = [Flag.objects.get(patient=patient), Entry.objects.get(patient=patient), patient]
    names = ["admin:journal_flag_change", "admin:journal_entry_change", "admin:accounts_patient_change"]
    return [(name, reverse(name, args=[row.pk])) for name, row in zip(names, rows, strict=True)]


def known(clinic: Clinic, name: str) -> Patient:
    patient = people.patient(clinic, name)
    people.entry(patient)
    people.flag(patient)
    return patient


def test_lists_hold_only_the_own_clinic(desk: Client, hill: Clinic, lake: Clinic) -> None:
    known(hill, "Ada Berg")
    known(lake, "Zoe Quist")
    for name in LISTS:
        page = desk.get(reverse(name)).content.decode()
        assert "Ada Berg" in page
        assert "Zoe Quist" not in page
        assert "Zoe Quist" not in desk.get(reverse(name), {"q": "Zoe"}).content.decode()


def test_filters_name_no_pattern_that_only_others_have(desk: Client, hill: Clinic, lake: Clinic) -> None:
    people.flag(people.patient(hill))
    people.flag(people.patient(lake), pattern="gi-bleed")
    page = desk.get(reverse(LISTS[0])).content.decode()
    assert "Sudden back pain" in page
    assert "GI bleed" not in page


def test_another_clinics_record_is_missing_exactly_as_one_that_never_was(desk: Client, lake: Clinic) -> None:
    zoe = known(lake, "Zoe Quist")
    for name, address in pages_of(zoe):
        unknown = "00000000-0000-4000-8000-000000000000" if "flag" in name else "987654321"
        foreign, missing = desk.get(address), desk.get(reverse(name, args=[unknown]))
        assert foreign.status_code == missing.status_code == 404
        assert foreign.content == missing.content
    assert not StaffRead.objects.exists()


@pytest.mark.parametrize("nonsense", ["x", "1;drop", "ÿ", "99999999999999999999"])
def test_a_senseless_id_is_missing_too(desk: Client, nonsense: str) -> None:
    for name in ["admin:journal_flag_change", "admin:journal_entry_change", "admin:accounts_patient_change"]:
        assert desk.get(reverse(name, args=[nonsense])).status_code == 404


@pytest.mark.parametrize("button", ["acknowledge", "resolve", "lift-hold"])
def test_another_clinics_flag_can_not_be_acted_on(desk: Client, lake: Clinic, button: str) -> None:
    flag = people.flag(people.patient(lake), holds_exercise=True)
    address = reverse(f"admin:journal_flag_{button}", args=[flag.pk])
    assert desk.post(address, {"outcome": "known", "note": "x"}).status_code == 404
    assert FlagAction.objects.count() == 0


def test_another_clinics_flag_can_not_be_acknowledged_in_bulk(
    desk: Client, hill: Clinic, lake: Clinic
) -> None:
    people.flag(people.patient(hill))
    foreign = people.flag(people.patient(lake))
    desk.post(reverse(LISTS[0]), {"action": "acknowledge_selected", "_selected_action": [str(foreign.pk)]})
    foreign.refresh_from_db()
    assert foreign.status == "open"


def test_an_operator_without_a_clinic_sees_no_patient(client: Client, hill: Clinic) -> None:
    ada = known(hill, "Ada Berg")
    client.force_login(User.objects.create_superuser("root@example.org", people.PASSWORD))
    for name in LISTS:
        response = client.get(reverse(name))
        assert response.status_code == 403
        assert "Ada Berg" not in response.content.decode()
    for _, address in pages_of(ada):
        assert client.get(address).status_code == 404
    landing = client.get("/admin/", follow=True)
    assert landing.status_code == 200
    assert "Ada Berg" not in landing.content.decode()


def test_a_clinician_who_left_sees_nothing_from_the_next_request_on(
    desk: Client, hill: Clinic, mira: User
) -> None:
    _, address = pages_of(known(hill, "Ada Berg"))[0]
    assert desk.get(address).status_code == 200
    Clinician.objects.filter(user=mira).delete()
    assert desk.get(address)["Location"].startswith("/admin/login/")
    people.signed_in(desk, mira)
    assert desk.get(address).status_code == 404


def test_a_patient_who_signs_in_here_is_turned_away_in_words(client: Client, hill: Clinic) -> None:
    user = User.objects.create_user("ada@example.org", people.PASSWORD)
    people.patient(hill, user=user)
    client.force_login(user)
    response = client.get(reverse(LISTS[0]), follow=True)
    assert response.status_code == 403
    assert "your journal is in the app" in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/autocomplete/?app_label=journal&model_name=flag&field_name=patient&term=a",
        "/admin/search/?s=ada",
        "/admin/journal/flag/add/",
        "/admin/accounts/user/",
        "/admin/mfa/authenticator/",
        "/admin/account/emailaddress/",
        "/admin/auth/group/",
    ],
)
def test_no_other_door_of_the_admin_is_open(desk: Client, address: str) -> None:
    assert desk.get(address).status_code == 404


def test_no_page_can_add_change_or_delete_a_record(desk: Client, hill: Clinic) -> None:
    for _, address in pages_of(known(hill, "Ada Berg")):
        for form in ["delete/", "history/"]:
            assert desk.get(address.removesuffix("change/") + form).status_code == 404
        assert desk.post(address, {"name": "x"}).status_code == 405


# --- looks are written down ---


def looks() -> set[tuple[str, str, str]]:
    return {(look.by.email, look.patient.name, look.route) for look in StaffRead.objects.all()}


def test_a_page_about_a_patient_is_written_down_as_a_look(desk: Client, hill: Clinic) -> None:
    for name, address in pages_of(known(hill, "Ada Berg")):
        desk.get(address)
        assert ("mira@hill.example", "Ada Berg", name) in looks()
    assert len(looks()) == 3


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_written_down_as_a_look_at_each_patient_on_the_page(
    desk: Client, hill: Clinic, lake: Clinic, name: str
) -> None:
    for who in ("Ada Berg", "Ben Okafor"):
        known(hill, who)
    known(lake, "Zoe Quist")
    desk.get(reverse(name))
    mira = "mira@hill.example"
    assert looks() == {(mira, "Ada Berg", name), (mira, "Ben Okafor", name)}
    assert StaffRead.objects.count() == 2


def test_only_the_rows_that_were_shown_are_written_down(desk: Client, hill: Clinic) -> None:
    known(hill, "Ada Berg")
    known(hill, "Ben Okafor")
    desk.get(reverse(LISTS[0]), {"q": "Ada"})
    assert {patient for _, patient, _ in looks()} == {"Ada Berg"}


def test_a_form_sent_back_for_correction_is_a_look_as_well(desk: Client, hill: Clinic) -> None:
    flag = people.flag(people.patient(hill))
    desk.post(reverse("admin:journal_flag_resolve", args=[flag.pk]), {"outcome": "", "note": ""})
    assert {route for _, _, route in looks()} == {"admin:journal_flag_resolve"}


def test_when_the_look_can_not_be_written_nothing_is_shown(
    mira: User, hill: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = known(hill, "Ada Berg")
    browser = Client(raise_request_exception=False)
    browser.force_login(mira)

    def refuse(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(StaffRead.objects, "write", refuse)
    for address in [reverse(name) for name in LISTS] + [address for _, address in pages_of(ada)]:
        response = browser.get(address)
        assert response.status_code == 500
        assert "Ada Berg" not in response.content.decode()
        assert "8 of 10" not in response.content.decode()


def test_the_name_that_was_searched_for_is_not_logged(
    desk: Client, hill: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    known(hill, "Ada Berg")
    with caplog.at_level("INFO"):
        desk.get(reverse(LISTS[1]), {"q": "Ada"})
    said = [str(record.msg) for record in caplog.records]
    assert any("GET admin/accounts/patient/" in line for line in said)
    assert not any("Ada" in line for line in said)
