"""The sidebar: what there is to do, and how much of it waits."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from journal.admin import waiting
from journal.admin.desk import clinician_of, looks_in

Item = dict[str, Any]


def sidebar(request: HttpRequest) -> list[Item]:
    """Groups of links that this person may follow."""
    groups: list[Item] = []
    if clinician_of(request) is not None:
        quality = _item(_("Alert quality"), "monitoring", "admin:quality")
        groups.append({"title": _("Desk"), "items": [_queue(request), _to_do(request), *_records(), quality]})
    elif looks_in(request):
        groups.append({"title": _("Open, to read"), "items": [_queue(request), _to_do(request), *_records()]})
    office = [
        _item(_("Clinics"), "home_health", "admin:accounts_clinic_changelist"),
        _item(_("Staff"), "groups", "admin:accounts_clinician_changelist"),
    ]
    clinician = clinician_of(request)
    if clinician is not None and clinician.role == "lead":
        office[0] = {
            **_item(_("Our clinic"), "home_health", "admin:accounts_clinic_changelist"),
            "link": reverse("admin:accounts_clinic_change", args=[clinician.clinic_id]),
        }
        office.append(_item(_("Invitations"), "mail", "admin:accounts_invitation_changelist"))
        groups.append({"title": _("Clinic"), "separator": True, "items": office})
    elif clinician is None and request.user.is_superuser:
        office.append(_item(_("Break the glass"), "e911_emergency", "admin:glass"))
        groups.append({"title": _("Clinic"), "separator": bool(groups), "items": office})
    return groups


def _queue(request: HttpRequest) -> Item:
    opened = waiting.numbers(request).open
    queue = _item(_("Triage queue"), "flag", "admin:journal_flag_changelist")
    return {**queue, "badge": _("%(n)s open") % {"n": opened}} if opened else queue


def _to_do(request: HttpRequest) -> Item:
    tasks = waiting.numbers(request).tasks
    item = _item(_("To do"), "task_alt", "admin:journal_task_changelist")
    return {**item, "badge": _("%(n)s open") % {"n": tasks}, "badge_variant": "info"} if tasks else item


def _records() -> list[Item]:
    return [
        _item(_("Caseload"), "person", "admin:accounts_patient_changelist"),
        _item(_("Entries"), "edit_note", "admin:journal_entry_changelist"),
        *_of_reminders(),
    ]


def _of_reminders() -> list[Item]:
    """Reminders know the journal, not the other way round: their pages are linked when they are there."""
    try:
        return [
            _item(_("Reminders"), "alarm", "admin:reminders_reminder_changelist"),
            _item(_("Deliveries"), "outgoing_mail", "admin:reminders_delivery_changelist"),
        ]
    except NoReverseMatch:
        return []


def _item(title: str, icon: str, name: str) -> Item:
    return {"title": title, "icon": icon, "link": reverse(name)}


def environment(request: HttpRequest) -> list[str] | None:
    """A mark on every page: of an operator who may read, and of a system whose patients are invented."""
    if looks_in(request):
        return [_("Glass broken"), "danger"]
    return [_("Demo"), "warning"] if settings.DEMO else None
