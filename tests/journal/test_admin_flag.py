"""A flag's page, and its three buttons."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from journal.accounts.models import Clinic, Patient, User
from journal.models import Change, Entry, Flag, FlagAction, OutboxEvent
from tests.support import desk as people


@pytest.fixture
def ada(hill: Clinic) -> Patient:
    return people.patient(hill, "Ada Berg", sex="F")


@pytest.fixture
def flag(ada: Patient) -> Flag:
    seen = people.entry(ada)
    return people.flag(
        ada,
        evidence={"2026-03-10": [str(seen.client_id)]},
        numbers={"lumbar severity": 8, "lumbar baseline": 3},
        holds_exercise=True,
    )


def page_of(flag: Flag) -> str:
    return reverse("admin:journal_flag_change", args=[flag.pk])


def read(desk: Client, flag: Flag) -> str:
    response = desk.get(page_of(flag))
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def press(desk: Client, flag: Flag, button: str, **said: str) -> str:
    response = desk.post(f"{page_of(flag).removesuffix('change/')}{button}/", said, follow=True)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_tells_why_what_was_said_what_was_told_and_by_which_rule(desk: Client, flag: Flag) -> None:
    page = read(desk, flag)
    for words in [
        "Sudden lower back pain 8 of 10, usual level 3.",
        "Pain: Lower back, in the middle: 8 of 10; came on suddenly; sharp; "
        "worse: standing; better: lying down.",
        "Nerve symptoms: none.",
        "You logged strong back pain that came on suddenly.",
        "Please have your back checked today",
        "The patient has not confirmed having read it.",
        "Lower back: usual level (median of the last answered days) 3 of 10",
        "sudden-back-pain, raised by version 1",
        "Tue 10 Mar 2026, 10:00 (Europe/Berlin)",
        "Nothing yet.",
    ]:
        assert words in page


def test_no_json_is_shown(desk: Client, flag: Flag) -> None:
    page = desk.get(page_of(flag)).content.decode()
    assert "{&#x27;" not in page
    assert "{&quot;" not in page


def test_the_patients_words_never_become_markup(desk: Client, ada: Patient) -> None:
    note = '<img src=x onerror="alert(1)">'
    seen = people.entry(ada, {"note": note})
    flag = people.flag(ada, evidence={"2026-03-10": [str(seen.client_id)]})
    page = desk.get(page_of(flag)).content.decode()
    assert note not in page
    assert "&lt;img src=x" in page


def test_a_confirmed_reading_says_when(desk: Client, flag: Flag) -> None:
    Flag.objects.update(seen_at=people.NOW + timedelta(minutes=7))
    assert "Confirmed as read on Tue 10 Mar 2026, 10:07 (Europe/Berlin)." in read(desk, flag)


def test_an_entry_deleted_since_is_still_shown_and_marked(desk: Client, flag: Flag) -> None:
    Entry.objects.update(deleted_at=people.NOW)
    page = read(desk, flag)
    assert "Deleted by the patient" in page
    assert "8 of 10" in page


def test_acknowledging_is_one_action_in_the_name_of_the_person(desk: Client, flag: Flag, mira: User) -> None:
    assert "Acknowledged." in press(desk, flag, "acknowledge", note="Called her.")
    deed = FlagAction.objects.get()
    assert (deed.kind, deed.by, deed.note) == ("acknowledge", mira, "Called her.")
    assert Change.objects.get(verb="flag.acknowledge").by == mira
    assert OutboxEvent.objects.get().kind == "flag.acknowledged"
    page = read(desk, flag)
    assert "Acknowledged Called her. Mira Sol, " in page


def test_a_second_press_is_answered_in_words_and_changes_nothing(desk: Client, flag: Flag) -> None:
    press(desk, flag, "acknowledge")
    assert "Nothing was changed. This flag is already acknowledged." in press(desk, flag, "acknowledge")
    assert FlagAction.objects.count() == 1


def test_resolving_needs_an_outcome_and_a_note(desk: Client, flag: Flag) -> None:
    page = press(desk, flag, "resolve", outcome="referred", note="")
    assert "This field is required." in page
    assert 'value="referred" selected' in page
    assert Flag.objects.get().status == "open"
    press(desk, flag, "resolve", outcome="", note="Fine")
    press(desk, flag, "resolve", outcome="cured", note="Fine")
    assert Flag.objects.get().status == "open"


def test_a_resolved_flag_keeps_outcome_and_note_and_offers_no_button(desk: Client, flag: Flag) -> None:
    assert "Resolved." in press(desk, flag, "resolve", outcome="referred", note="To the GP today.")
    page = read(desk, flag)
    assert "Resolved : Referred To the GP today. Mira Sol" in page.replace("Resolved: ", "Resolved : ")
    assert "/resolve/" not in desk.get(page_of(flag)).content.decode()
    assert "Nothing was changed. This flag is already resolved." in press(
        desk, flag, "resolve", outcome="known", note="Again"
    )


def test_the_exercise_hold_is_lifted_while_the_flag_stays(desk: Client, flag: Flag) -> None:
    assert "The exercise hold is lifted." in press(desk, flag, "lift-hold")
    flag.refresh_from_db()
    assert flag.hold_lifted_at is not None
    assert flag.status == "open"
    assert "Nothing was changed. This flag does not hold exercise." in press(desk, flag, "lift-hold")


def test_a_withdrawn_flag_says_why_and_can_still_be_taken_up(desk: Client, ada: Patient) -> None:
    flag = people.flag(ada, status="superseded", supported=False, superseded_reason="Edited.")
    assert "Withdrawn: Edited." in read(desk, flag)
    press(desk, flag, "acknowledge")
    assert Flag.objects.get().status == "acknowledged"


@pytest.mark.parametrize("button", ["acknowledge", "resolve", "lift-hold"])
def test_a_link_can_not_press_a_button(desk: Client, flag: Flag, button: str) -> None:
    assert desk.get(f"{page_of(flag).removesuffix('change/')}{button}/").status_code == 405
    assert FlagAction.objects.count() == 0


def test_a_button_without_the_forms_token_is_refused(mira: User, flag: Flag) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mira)
    response = browser.post(f"{page_of(flag).removesuffix('change/')}acknowledge/")
    assert response.status_code == 403
    assert "This page was out of date" in response.content.decode()
    assert FlagAction.objects.count() == 0


def test_the_page_itself_takes_no_form(desk: Client, flag: Flag) -> None:
    assert desk.post(page_of(flag), {"status": "resolved"}).status_code == 405
    assert Flag.objects.get().status == "open"


# --- what it stands on, and what would have kept it silent ---


def raised_by(ada: Patient, severity: int = 8) -> Flag:
    """A flag whose facts raise it, after five days at 2 of 10."""
    for day in range(1, 6):
        people.entry(ada, {"pains": [_pain(2)]}, at=people.NOW - timedelta(days=day))
    seen = people.entry(ada, {"pains": [{**_pain(severity), "onset": "sudden"}], "medications": ["calcium"]})
    return people.flag(ada, evidence={"2026-03-10": [str(seen.client_id)]})


def _pain(severity: int) -> dict[str, object]:
    return {"site": "lumbar", "side": "midline", "severity": severity}


def test_the_page_says_what_alone_would_have_kept_it_silent(desk: Client, ada: Patient) -> None:
    page = read(desk, raised_by(ada))
    assert "Lower back, in the middle at 6 of 10 or less, instead of 8." in page
    assert "Lower back, in the middle coming on slowly instead of suddenly." in page


def test_a_flag_that_no_longer_holds_says_that_nothing_would_raise_it(desk: Client, ada: Patient) -> None:
    flag = raised_by(ada)
    Entry.objects.filter(local_date=flag.day).update(deleted_at=people.NOW)
    assert "What is known now would not raise it." in read(desk, flag)


def test_a_flag_of_a_rule_that_is_gone_can_still_be_read(desk: Client, ada: Patient) -> None:
    page = read(desk, people.flag(ada, pattern="moon-phase"))
    assert "The rule that raised it is no longer in use." in page


def test_the_usual_level_is_a_line_and_the_evidence_is_marked(desk: Client, ada: Patient) -> None:
    page = desk.get(page_of(raised_by(ada))).content.decode()
    assert page.count("plot-mark-evidence") == 1
    assert page.count('class="plot-level"') == 1
    assert "Dashed: the usual level that the rule compared with." in page


def test_falls_medicines_and_conditions_of_that_day_are_the_background(desk: Client, ada: Patient) -> None:
    people.entry(ada, {"falls": [{"kind": "fall", "injury": False}]}, at=people.NOW - timedelta(days=200))
    people.entry(ada, {"falls": [{"kind": "fall", "injury": False}]}, at=people.NOW - timedelta(days=400))
    people.entry(ada, {"medications": ["opioid"]}, at=people.NOW - timedelta(days=20))
    Patient.objects.update(history=["diabetes"])
    page = read(desk, raised_by(ada))
    assert "Falls in the 12 months before on 1 day: Fri 22 Aug 2025" in page
    assert "Medicines in the 14 days before calcium Known on that day diabetes" in page


def test_other_flags_say_who_dealt_with_them(desk: Client, ada: Patient, mira: User) -> None:
    earlier = people.flag(ada, at=people.NOW - timedelta(days=60))
    press(desk, earlier, "resolve", outcome="known", note="Old trouble.")
    silent = people.flag(ada, pattern="calf-swelling", at=people.NOW - timedelta(days=50))
    page = read(desk, raised_by(ada))
    others = page[page.index("Other flags of this patient") :]
    assert re.search(r"Calf swelling Open .* nobody has answered it Sudden back pain Resolved", others)
    assert "the same pattern resolved (known problem): Mira Sol" in others
    assert str(silent.pk) in desk.get(page_of(earlier)).content.decode()


@pytest.mark.parametrize(
    ("said", "kept", "words"),
    [
        ("yes", True, "The flag was useful."),
        ("no", False, "The flag was not useful."),
        ("", None, "Resolved : Referred"),
    ],
)
def test_who_resolves_may_say_whether_it_was_useful(
    desk: Client, flag: Flag, said: str, kept: bool | None, words: str
) -> None:
    press(desk, flag, "resolve", outcome="referred", note="To the GP.", useful=said)
    assert FlagAction.objects.get().useful is kept
    page = read(desk, flag).replace("Resolved: ", "Resolved : ")
    assert words in page
    assert ("useful." in page[page.index("What was done") :]) == (kept is not None)


def test_the_price_of_the_page_does_not_grow_with_the_history(desk: Client, ada: Patient) -> None:
    flag = raised_by(ada)
    people.flag(ada, pattern="calf-swelling")
    counts = []
    for more in (0, 40):
        for day in range(more):
            people.entry(ada, at=people.NOW - timedelta(days=day, hours=2))
            people.flag(ada, pattern="new-numbness", at=people.NOW - timedelta(days=day))
        with CaptureQueriesContext(connection) as queries:
            desk.get(page_of(flag))
        counts.append(len(queries))
    assert counts[0] == counts[1]
