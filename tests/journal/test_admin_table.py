"""The table of a list: what patients and colleagues typed stays text, and a row leads where it should."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from unfold.templatetags.unfold_list import result_headers

from journal.accounts.models import Clinic, User
from tests.support import desk as people

CASELOAD = reverse("admin:accounts_patient_changelist")
CLINICS = reverse("admin:accounts_clinic_changelist")


def rows(desk: Client, address: str) -> list[str]:
    page = desk.get(address).content.decode()
    return re.findall(r'<tr class="data-row">(.*?)</tr>', page, re.DOTALL)


def test_what_was_typed_into_names_stays_text(desk: Client, hill: Clinic, mira: User) -> None:
    User.objects.filter(pk=mira.pk).update(first_name="<b>Mira</b>")
    people.patient(hill, name="<i>Ada</i> & Co", physiotherapist=mira.clinician)
    [row] = rows(desk, CASELOAD)
    assert "&lt;i&gt;Ada&lt;/i&gt; &amp; Co" in row
    assert "&lt;b&gt;Mira&lt;/b&gt;" in row
    assert "<i>" not in row
    assert "<b>" not in row


def test_the_first_column_of_a_list_without_links_of_its_own_leads_to_the_page(
    client: Client, hill: Clinic
) -> None:
    people.signed_in(client, people.clinician(hill, "lena@hill.example", lead=True))
    hill.name = "Hill & <Dale>"
    hill.save()
    [row] = rows(client, CLINICS)
    page = reverse("admin:accounts_clinic_change", args=[hill.pk])
    assert f'<th class="field-name" data-label="Name"><a class="desk-link" href="{page}">' in row
    assert "Hill &amp; &lt;Dale&gt;</a></th>" in row
    assert row.count("href=") == 1


def test_each_cell_says_which_column_it_is_of(desk: Client, hill: Clinic) -> None:
    people.patient(hill)
    page = desk.get(CASELOAD).content.decode()
    heads = re.findall(r'scope="col">.*?<(?:a|span)[^>]*>\s*(.*?)\s*</(?:a|span)>', page, re.DOTALL)
    [row] = rows(desk, CASELOAD)
    assert re.findall(r'data-label="(.*?)"', row) == heads
    assert len(heads) == 8


def test_the_heads_are_made_once_a_page_and_not_for_each_row(
    desk: Client, hill: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Ada", "Bea", "Cleo"):
        people.patient(hill, name=name)
    made = 0

    def counted(changes: Any) -> Any:
        nonlocal made
        made += 1
        return result_headers(changes)

    monkeypatch.setattr("journal.admin.table.result_headers", counted)
    assert len(rows(desk, CASELOAD)) == 3
    assert made == 1
