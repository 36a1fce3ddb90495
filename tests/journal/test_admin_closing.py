"""Closing a flag asks who is there when nobody has said so for a while; what was typed is not lost."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.actions import flags
from journal.models import Flag, FlagAction, StaffRead
from tests.support import desk as people

QUEUE = reverse("admin:journal_flag_changelist")
CONFIRM = reverse("account_reauthenticate")
SAID = {"outcome": "contacted", "note": "Spoke to her at noon."}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now(), tick=False) as moving:
        yield moving


@pytest.fixture
def later(clock: time_machine.Traveller, desk: Client) -> time_machine.Traveller:
    """Mira signed in a quarter of an hour ago; her session lives on."""
    clock.shift(timedelta(minutes=15))
    return clock


def resolve(desk: Client, flag: Flag, **more: str) -> Any:
    return desk.post(reverse("admin:journal_flag_resolve", args=[flag.pk]), {**SAID, **more}, follow=True)


def confirm(desk: Client, asked: Any, password: str = people.PASSWORD) -> Any:
    address = asked.context["redirect_field_value"]
    return desk.post(CONFIRM, {"password": password, "next": address}, follow=True)


def page_of(flag: Flag) -> str:
    return reverse("admin:journal_flag_change", args=[flag.pk])


def test_nobody_is_asked_who_signed_in_within_the_last_quarter_of_an_hour(
    clock: time_machine.Traveller, desk: Client, ada: Patient
) -> None:
    flag = people.flag(ada)
    clock.shift(timedelta(minutes=14, seconds=59))
    assert "Resolved." in resolve(desk, flag).content.decode()


def test_who_is_asked_comes_back_to_the_page_with_what_was_typed(
    later: time_machine.Traveller, desk: Client, ada: Patient
) -> None:
    flag = people.flag(ada)
    asked = resolve(desk, flag, useful="yes")
    assert asked.request["PATH_INFO"] == CONFIRM
    assert "What you typed is kept." in asked.content.decode()
    assert not FlagAction.objects.exists()
    back = confirm(desk, asked)
    assert back.request["PATH_INFO"] == page_of(flag)
    page = back.content.decode()
    assert "press Resolve once more" in page
    assert "Spoke to her at noon.</textarea>" in page
    assert 'value="contacted" selected' in page
    assert 'value="yes" selected' in page
    assert "Resolved." in resolve(desk, flag).content.decode()


def test_a_wrong_password_closes_nothing_and_loses_nothing(
    later: time_machine.Traveller, desk: Client, ada: Patient
) -> None:
    flag = people.flag(ada)
    asked = resolve(desk, flag)
    wrong = confirm(desk, asked, "not the password")
    assert wrong.request["PATH_INFO"] == CONFIRM
    assert resolve(desk, flag, note="Another note").request["PATH_INFO"] == CONFIRM
    assert not FlagAction.objects.exists()
    assert "Another note</textarea>" in confirm(desk, asked).content.decode()


def test_a_row_that_was_asked_leads_back_to_its_list(
    later: time_machine.Traveller, desk: Client, ada: Patient
) -> None:
    flag = people.flag(ada)
    back = confirm(desk, resolve(desk, flag, back="urgency=same-day"))
    assert 'name="back" value="urgency=same-day"' in back.content.decode()
    done = desk.post(
        reverse("admin:journal_flag_resolve", args=[flag.pk]), {**SAID, "back": "urgency=same-day"}
    )
    assert done.headers["Location"] == f"{QUEUE}?urgency=same-day"


def test_chosen_flags_are_asked_about_together_and_come_back_together(
    later: time_machine.Traveller, desk: Client, hill: Clinic
) -> None:
    both = [people.flag(people.patient(hill, one)) for one in ("Ada Berg", "Cleo Marsh")]
    people.flag(people.patient(hill, "Dora Lindqvist"))
    chosen = {
        "action": "resolve_selected",
        "_selected_action": [str(flag.pk) for flag in both],
        **{f"seen-{flag.pk}": flags.look_of(flag) for flag in both},
    }
    asked = desk.post(QUEUE, {**chosen, "confirmed": "yes", **SAID}, follow=True)
    assert asked.request["PATH_INFO"] == CONFIRM
    looks = StaffRead.objects.count()
    page = confirm(desk, asked).content.decode()
    assert StaffRead.objects.count() == looks + 2
    assert "Ada Berg" in page
    assert "Cleo Marsh" in page
    assert "Dora Lindqvist" not in page
    assert "Spoke to her at noon.</textarea>" in page
    for flag in both:
        assert f'name="seen-{flag.pk}" value="{flags.look_of(flag)}"' in page
    assert not FlagAction.objects.exists()
    done = desk.post(QUEUE, {**chosen, "confirmed": "yes", **SAID}, follow=True)
    assert "Resolved: 2 flags." in done.content.decode()


def test_two_tabs_that_were_asked_keep_apart_what_was_typed(
    later: time_machine.Traveller, desk: Client, hill: Clinic
) -> None:
    one, other = (people.flag(people.patient(hill, name)) for name in ("Ada Berg", "Cleo Marsh"))
    first, second = resolve(desk, one, note="Of Ada."), resolve(desk, other, note="Of Cleo.")
    assert "Of Cleo.</textarea>" in confirm(desk, second).content.decode()
    assert "Of Ada.</textarea>" in confirm(desk, first).content.decode()
    assert "Of Ada.</textarea>" not in desk.get(page_of(one)).content.decode()


def test_the_second_factor_confirms_as_well(
    later: time_machine.Traveller, desk: Client, ada: Patient, mira: User
) -> None:
    TOTP.activate(mira, SECRET)
    asked = resolve(desk, people.flag(ada))
    said = {"code": pyotp.TOTP(SECRET).at(timezone.now()), "next": asked.context["redirect_field_value"]}
    back = desk.post(reverse("mfa_reauthenticate"), said, follow=True)
    assert "Spoke to her at noon.</textarea>" in back.content.decode()


def test_a_morning_round_of_ten_flags_asks_less_than_once_a_quarter_of_an_hour(
    later: time_machine.Traveller, desk: Client, hill: Clinic
) -> None:
    asked = 0
    for number in range(10):
        flag = people.flag(people.patient(hill, f"Patient {number}"))
        answer = resolve(desk, flag)
        if answer.request["PATH_INFO"] == CONFIRM:
            asked += 1
            confirm(desk, answer)
            resolve(desk, flag)
        later.shift(timedelta(minutes=3))
    assert FlagAction.objects.filter(kind="resolve").count() == 10
    assert asked == 2


def test_the_clinic_sets_how_long_a_confirmation_lasts(
    later: time_machine.Traveller, desk: Client, ada: Patient, settings: Any
) -> None:
    settings.CLOSING_CONFIRMED_FOR = timedelta(minutes=16)
    assert "Resolved." in resolve(desk, people.flag(ada)).content.decode()


def test_other_deeds_ask_nobody(later: time_machine.Traveller, desk: Client, ada: Patient) -> None:
    address = reverse("admin:journal_flag_acknowledge", args=[people.flag(ada).pk])
    assert "Acknowledged." in desk.post(address, {"note": ""}, follow=True).content.decode()


def test_a_refused_note_stands_in_the_form_again(
    desk: Client, hill: Clinic, ada: Patient, mira: User
) -> None:
    flag = people.flag(ada)
    seen = flags.look_of(flag)
    flags.acknowledge(by=mira, at=timezone.now(), flag=flag)
    for more in ({}, {"back": ""}):
        answer = resolve(desk, flag, seen=seen, **more)
        page = answer.content.decode()
        assert "changed after your page was shown" in page
        assert "Spoke to her at noon.</textarea>" in page
        assert f'name="seen" value="{seen}"' not in page
    assert not FlagAction.objects.filter(kind="resolve").exists()


def test_a_place_where_nothing_waits_leads_to_the_queue(desk: Client) -> None:
    answer = desk.get(reverse("admin:journal_flag_chosen", args=["nothing"]))
    assert answer.headers["Location"] == QUEUE


def test_what_one_person_typed_waits_for_nobody_else(
    later: time_machine.Traveller, desk: Client, hill: Clinic, ada: Patient
) -> None:
    """A session holds what was typed in it."""
    flag = people.flag(ada)
    resolve(desk, flag)
    other = Client()
    people.signed_in(other, people.clinician(hill, "ben@hill.example", name="Ben Ortiz"))
    assert "Spoke to her at noon." not in other.get(page_of(flag)).content.decode()
