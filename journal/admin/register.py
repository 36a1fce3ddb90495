"""Every page of the desk, written in one place."""

from django.contrib import admin

from journal.accounts.models import Clinic, Clinician, Invitation, Patient
from journal.admin import names
from journal.admin.clinics import ClinicDesk, ClinicianDesk, InvitationDesk
from journal.admin.desk import Desk
from journal.admin.entries import EntryDesk
from journal.admin.flags import FlagDesk
from journal.admin.patients import PatientListDesk
from journal.admin.tasks import TaskDesk
from journal.models import Entry, Flag, Task

PAGES = {
    Flag: FlagDesk,
    Patient: PatientListDesk,
    Entry: EntryDesk,
    Task: TaskDesk,
    Clinic: ClinicDesk,
    Clinician: ClinicianDesk,
    Invitation: InvitationDesk,
}


def pages() -> None:
    """Packages that only depend on this one may have registered desks of their own; those stay."""
    names.give(names.NAMES, names.COLUMNS)
    for model, desk in PAGES.items():
        admin.site.register(model, desk)
    for model in [model for model, desk in admin.site._registry.items() if not isinstance(desk, Desk)]:
        admin.site.unregister(model)
