"""What the ward's patients logged in three months, for the guide's pictures: the same in every run."""

from datetime import datetime, time, timedelta
from typing import Any

from journal.accounts.models import Clinician, Patient, User
from journal.models import Entry, Flag
from reminders.models import Delivery
from tests.support import desk as people

DAYS = 90
SITES = {
    "Ada Berg": ("lumbar", "midline", 3),
    "Ben Okafor": ("lumbar", "midline", 2),
    "Cleo Marsh": ("knee", "left", 3),
    "Dora Lindqvist": ("hip", "right", 4),
    "Eva Novák": ("thoracic", "midline", 3),
    "Femi Adeyemi": ("neck", "midline", 2),
}


def live(at: datetime) -> None:
    """Rows for every patient of the ward up to the day before `at`; Ada's flag stands on her last entry."""
    mira = Clinician.objects.get(user__email="mira@hill.example")
    for seed, name in enumerate(SITES):
        patient = Patient.objects.get(name=name)
        Patient.objects.filter(pk=patient.pk).update(
            user=User.objects.create(email=f"{name.split()[0].lower()}@home.example"),
            enrolled_at=at - timedelta(days=DAYS + 40),
            peak_height_cm=163,
            history=["osteoporosis"],
            physiotherapist=mira if seed % 2 == 0 else None,
        )
        _log(patient, seed, at)
    ada = Patient.objects.get(name="Ada Berg")
    last = Entry.objects.filter(patient=ada).latest("recorded_at")
    Flag.objects.filter(patient=ada).update(
        evidence={last.local_date.isoformat(): [str(last.client_id)]},
        numbers={"severity": 8, "baseline": 3.0, "baseline_days": 7},
        why_clinician="Lower back 8/10, sudden; usual 3/10 from 7 days.",
    )
    for flag in Flag.objects.filter(patient__name__in=SITES):
        _tell(flag, mira)


def _tell(flag: Flag, to: Clinician) -> None:
    """A mail about the flag, which has not left yet where somebody is at it; and a reminder that was read."""
    when = flag.raised_at
    left = {"state": "sent", "sent_at": when + timedelta(minutes=1), "attempts": 1}
    stuck = {"state": "waiting", "last_error": "ConnectionRefusedError", "attempts": 2}
    for row in (
        {
            **(stuck if flag.status == Flag.Status.ACKNOWLEDGED else left),
            **{"topic": "flag", "kind": "flag.opened", "channel": "email", "to": to.user},
            "wanted_since": when,
        },
        {
            **left,
            **{"topic": "reminder", "kind": "reminder.exercise", "channel": "inbox", "to": flag.patient.user},
            "expires_at": when + timedelta(hours=2),
            "opened_at": when + timedelta(minutes=7),
        },
    ):
        key = f"{row['topic']}:{flag.pk}"
        Delivery.objects.create(patient=flag.patient, subject_id=flag.pk, key=key, due_at=when, **row)


def _log(patient: Patient, seed: int, at: datetime) -> None:
    today = at.astimezone(patient.timezone).date()
    logged = {entry.local_date: entry for entry in Entry.objects.filter(patient=patient)}
    for day in range(2, DAYS):
        if (day * 5 + seed) % 9 in (0, 4):
            continue  # a day on which nothing was logged
        date = today - timedelta(days=day)
        report = _report(patient.name, seed, day)
        if date in logged:
            Entry.objects.filter(pk=logged[date].pk).update(report=report)
        else:
            people.entry(patient, report, at=datetime.combine(date, time(9, 30), patient.timezone))


def _report(name: str, seed: int, day: int) -> dict[str, Any]:
    site, side, usual = SITES[name]
    severity = usual + (0, 1, 0, -1, 1, 0, -1)[(day * 3 + seed) % 7] - 2 * (seed == 3 and day > 14)
    pains = [{"site": site, "side": side, "severity": severity, "quality": ["aching"]}]
    if day % 6 == seed % 6:
        pains.append({"site": "shoulder", "side": "right", "severity": 2, "quality": ["stiff"]})
    activity = [{"type": "walking", "minutes": 15 + (day * 7 + seed) % 25}]
    if day % 3:
        activity.append({"type": "balance", "minutes": 10})
    return {
        "pains": pains,
        "neuro": [],
        "falls": [{"kind": "near_fall", "injury": False}] if day % 41 == 17 + seed else [],
        "activity": activity,
        "medications": ["vitamin_d", "calcium"][: 1 + day % 2],
        "height_cm": 160.5 if day in (20, 60) else None,
        "note": "Walked to the market and back." if day % 10 == 7 else None,
    }
