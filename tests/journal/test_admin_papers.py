"""What leaves the desk: the visit summary and the CSV of entries."""

import csv
import io
import math
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from journal.accounts.models import Clinic, Patient, User
from journal.actions import notes
from journal.admin import export
from journal.fence import scope
from journal.models import Entry, FlagAction, StaffRead
from tests.support import desk as people

PAPERS = ["summary", "export"]


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg", sex="F")


@pytest.fixture
def desk(client: Client, mira: User) -> Client:
    """A browser in which Mira has just signed in."""
    people.signed_in(client, mira)
    return client


def address(patient: Patient, paper: str) -> str:
    return reverse(f"admin:accounts_patient_{paper}", args=[patient.pk])


def summary(desk: Client, patient: Patient, days: int = 28) -> str:
    response = desk.get(address(patient, "summary"), {"days": days})
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def exported(desk: Client, patient: Patient, days: int = 28) -> list[dict[str, str]]:
    response = desk.get(address(patient, "export"), {"days": days})
    assert response.status_code == 200
    text = response.getvalue().decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


# --- the file leaves the house ---


def test_a_file_asks_for_the_password_again_and_comes_after_it(
    client: Client, mira: User, ada: Patient
) -> None:
    client.force_login(mira)
    asked = client.get(address(ada, "export"), {"days": 28})
    assert asked.status_code == 302
    assert asked["Location"].startswith(reverse("account_reauthenticate"))
    assert not StaffRead.objects.filter(how="export").exists()
    done = client.post(asked["Location"], {"password": people.PASSWORD})
    assert done["Location"] == f"{address(ada, 'export')}?days=28"
    assert client.get(done["Location"])["Content-Type"].startswith("text/csv")


# --- both ---


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_of_another_clinics_patient_is_missing_as_an_unknown_one(
    desk: Client, lake: Clinic, paper: str
) -> None:
    zoe = people.patient(lake, "Zoe Quist")
    foreign = desk.get(address(zoe, paper))
    missing = desk.get(reverse(f"admin:accounts_patient_{paper}", args=["987654321"]))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.content == missing.content
    assert not StaffRead.objects.exists()


@pytest.mark.parametrize("paper", PAPERS)
def test_each_paper_is_in_the_trail_under_its_own_name(
    desk: Client, ada: Patient, mira: User, paper: str
) -> None:
    desk.get(address(ada, paper))
    assert list(StaffRead.objects.values_list("by", "patient", "route")) == [
        (mira.pk, ada.pk, f"admin:accounts_patient_{paper}")
    ]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_that_can_not_be_written_down_is_not_given(
    desk: Client, ada: Patient, paper: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("no trail")

    monkeypatch.setattr("journal.actions.reads.StaffRead.objects.write", fails)
    with pytest.raises(RuntimeError, match="no trail"):
        desk.get(address(ada, paper))


@pytest.mark.parametrize("paper", PAPERS)
def test_papers_are_only_read(desk: Client, ada: Patient, paper: str) -> None:
    assert desk.post(address(ada, paper)).status_code == 405


@pytest.mark.parametrize("paper", PAPERS)
def test_strangers_get_no_paper(client: Client, ada: Patient, paper: str) -> None:
    response = client.get(address(ada, paper))
    assert response.status_code == 302
    assert "/login/" in response["Location"]


# --- the file ---


def test_the_file_holds_the_entries_of_the_period_newest_first(desk: Client, ada: Patient) -> None:
    now = timezone.now()
    people.entry(ada, {"pains": [], "note": "older"}, at=now - timedelta(days=3))
    people.entry(ada, at=now)
    people.entry(ada, {"note": "outside"}, at=now - timedelta(days=28))
    people.entry(ada, {"note": "deleted"}, at=now, deleted_at=now)
    newest, older = exported(desk, ada)
    assert newest["Worst pain, of 10"] == "8"
    assert newest["Pain"].startswith("Lower back, in the middle: 8 of 10; came on suddenly")
    assert newest["Falls"] == "not asked"
    assert newest["Nerve symptoms"] == "none"
    assert (older["Worst pain, of 10"], older["Note"]) == ("0", "older")


def test_the_file_says_what_kind_it_is_and_is_kept_nowhere(desk: Client, ada: Patient) -> None:
    response = desk.get(address(ada, "export"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        rf'attachment; filename="entries-{ada.pk}-[\d-]+\.csv"', response["Content-Disposition"]
    )
    assert "no-store" in response["Cache-Control"]
    assert response.streaming


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\ufeff=1",
        "\u200b =1",
        "＝1",
        "－1",
        "＠x",
    ],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_made_text(cell: str) -> None:
    assert export.harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "none", "2026-03-10", "a=1", "Lower back: 8 of 10", "'=1"])
def test_other_text_is_left_alone(cell: str) -> None:
    assert export.harmless(cell) == cell


def test_a_patients_words_reach_no_spreadsheet_as_a_formula(desk: Client, ada: Patient) -> None:
    note = '=HYPERLINK("https://evil.example","x")'
    people.entry(ada, {"note": note}, at=timezone.now())
    assert exported(desk, ada)[0]["Note"] == f"'{note}"


def test_every_cell_is_quoted(desk: Client, ada: Patient) -> None:
    people.entry(ada, {"note": 'a "b", c\nd'}, at=timezone.now())
    text = desk.get(address(ada, "export")).getvalue().decode().removeprefix("\ufeff")
    assert all(
        re.fullmatch(r'"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*', line) for line in text.split("\r\n") if line
    )
    assert exported(desk, ada)[0]["Note"] == 'a "b", c\nd'


def test_the_file_ends_at_its_limit(desk: Client, ada: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "MOST_ROWS", 3)
    for hour in range(5):
        people.entry(ada, {"note": str(hour)}, at=timezone.now() - timedelta(hours=hour))
    assert [row["Note"] for row in exported(desk, ada)] == ["0", "1", "2"]


def test_a_long_file_costs_no_more_statements_than_a_short_one(
    desk: Client, ada: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for asking every two seconds whether it may go on, however long this machine takes."""
    monkeypatch.setattr("journal.admin.export.ASKED_EVERY", math.inf)
    counts = []
    for entries in (1, 600):
        at = timezone.now()
        rows = [people.entry(ada, at=at)]
        rows += [Entry(**_copied(rows[0], minute)) for minute in range(entries - 1)]
        Entry.objects.bulk_create(rows[1:])
        with CaptureQueriesContext(connection) as queries:
            assert len(exported(desk, ada)) >= entries
        counts.append(len(queries))
    assert counts[0] == counts[1]


def _copied(entry: Entry, minute: int) -> dict[str, Any]:
    names = [
        "patient_id",
        "utc_offset",
        "timezone",
        "local_date",
        "report",
        "digest",
        "received_at",
        "revision",
    ]
    return {
        **{name: getattr(entry, name) for name in names},
        "revision": 1,
        "client_id": uuid.uuid4(),
        "recorded_at": entry.recorded_at - timedelta(seconds=minute),
    }


# --- the summary ---


def test_the_summary_tells_what_was_logged_flagged_and_planned(
    desk: Client, ada: Patient, mira: User
) -> None:
    now = timezone.now()
    people.entry(ada, {**people.BACK_PAIN, "falls": [{"kind": "fall", "injury": True}]}, at=now)
    flag = people.flag(ada, at=now, status="resolved")
    FlagAction.objects.create(
        flag=flag, kind="resolve", day=flag.day, at=now, by=mira, outcome="referred", note="To the GP."
    )
    page = summary(desk, ada)
    assert "Ada Berg" in page
    assert "female · Clinic Hill" in page
    assert re.search(r"Sudden back pain \(Same day, .*, resolved: referred\): Sudden lower back pain", page)
    assert "Lower back 1 1 8 of 10 8 of 10 too few days before to compare" in page
    assert "Nerve symptoms none" in page
    assert "with an injury" in page
    assert "Medicines logged not asked in this time" in page
    assert "(Europe/Berlin)" in page


def test_notes_of_clinicians_and_of_the_patient_are_not_on_the_summary(
    desk: Client, ada: Patient, mira: User
) -> None:
    now = timezone.now()
    people.entry(ada, {"pains": [], "note": "private words"}, at=now)
    day = now.astimezone(ada.timezone).date()
    notes.add(by=mira, at=now, patient=ada, code="xray", day=day, text="between colleagues")
    page = summary(desk, ada)
    assert "private words" not in page
    assert "between colleagues" not in page


def test_a_summary_without_flags_does_not_reassure(desk: Client, ada: Patient) -> None:
    page = summary(desk, ada)
    assert "their absence says nothing about how well somebody is" in page
    assert "Logged on 0 of 28 days." in page


def test_the_summary_keeps_the_policy_of_the_desk(desk: Client, ada: Patient) -> None:
    response = desk.get(address(ada, "summary"))
    assert "style=" not in response.content.decode()
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_the_days_are_the_patients_own(desk: Client, hill: Clinic) -> None:
    far = people.patient(hill, "Kiri Tane", timezone="Pacific/Kiritimati")
    local = datetime.now(UTC).astimezone(far.timezone)
    assert f"{local.day} {local:%b %Y}. Days and times in the patient’s zone, Pacific/Kiritimati" in summary(
        desk, far
    )


def test_the_file_is_written_in_the_name_of_who_asked_although_the_request_is_over(
    desk: Client, ada: Patient
) -> None:
    """The web process has no scope of its own: outside of a request it sees no row."""
    people.entry(ada, at=timezone.now())
    with scope.within(scope.NOBODY):
        response = desk.get(address(ada, "export"))
        assert len(response.getvalue().decode().splitlines()) == 2
