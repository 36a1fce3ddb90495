"""The table `care_items`: the clinic's plan, read only on a phone."""

from datetime import date
from typing import Any

from journal.accounts.models import Patient
from journal.models import CareItem
from journal.sync import strict_json
from journal.sync.table import Changes


def pull(patient: Patient, since: int | None) -> Changes:
    """Items of the plan, stopped ones too: the phone shows them until `stopped_on` or `ends`.

    Whether an exercise is held at present stands on the flags (`holds_exercise`): a hold changes no item.
    """
    found = CareItem.objects.filter(patient=patient).order_by("revision", "id")
    if since is not None:
        found = found.filter(revision__gt=since)
    return Changes([_shown(item, patient.language) for item in found])


def _shown(item: CareItem, language: str) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "kind": item.kind,
        "code": item.code,
        "title": item.title(language),
        "text": item.text,
        "library_id": item.explained_by or None,
        "dose": item.dose,
        "rrule": item.rrule or None,
        "tags": strict_json.dumps(item.tags),
        "hours_a_day": item.hours_a_day,
        "starts": item.starts.isoformat(),
        "ends": _iso(item.ends),
        "review_on": _iso(item.review_on),
        "stopped_on": _iso(item.stopped_on),
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
