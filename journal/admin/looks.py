"""Who of the staff looked at a patient's record lately."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.accounts.models import Patient
from journal.admin import moments
from journal.models import StaffRead

READ = 200  # looks that are read; the newest
SHOWN = 12  # lines

PAGES = {
    "accounts_patient_change": gettext_lazy("patient’s page"),
    "accounts_patient_summary": gettext_lazy("visit summary"),
    "accounts_patient_export": gettext_lazy("entries exported"),
    "accounts_patient_changelist": gettext_lazy("caseload"),
    "journal_flag_change": gettext_lazy("flag"),
    "journal_flag_changelist": gettext_lazy("queue"),
    "accounts_patient_plan": gettext_lazy("care plan"),
    "journal_task_changelist": gettext_lazy("list of tasks"),
    "reminders_reminder_changelist": gettext_lazy("list of reminders"),
    "reminders_delivery_changelist": gettext_lazy("list of deliveries"),
    "reminders_occurrence_changelist": gettext_lazy("list of turns"),
    "reminders_reminder_change": gettext_lazy("reminder"),
    "reminders_delivery_change": gettext_lazy("delivery"),
    "reminders_occurrence_change": gettext_lazy("turn"),
    "journal_entry_change": gettext_lazy("entry"),
    "journal_entry_changelist": gettext_lazy("list of entries"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """What one person looked at on one local day of the patient, and when last."""

    by: str
    last: str
    pages: str


def lately(patient: Patient) -> list[Look]:
    """Newest first, one line a person and day."""
    reads = StaffRead.objects.filter(patient=patient).select_related("by").order_by("-at", "-id")[:READ]
    lines: dict[tuple[int, date], tuple[str, datetime, dict[str, int]]] = {}
    for read in reads:
        key = (read.by_id, read.at.astimezone(patient.timezone).date())
        _by, _last, pages = lines.setdefault(key, (str(read.by), read.at, {}))
        pages[page(read.route)] = pages.get(page(read.route), 0) + 1
    return [
        Look(by, moments.local(last, patient.timezone), _counted(pages))
        for by, last, pages in list(lines.values())[:SHOWN]
    ]


def page(route: str) -> str:
    """The page in words; one that has none here is named by what it is about."""
    name = route.rpartition(":")[2]
    return str(PAGES.get(name, _("another page")))


def _counted(pages: dict[str, int]) -> str:
    return ", ".join(name if count == 1 else f"{name} ({count}\u00a0×)" for name, count in pages.items())
