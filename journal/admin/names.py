"""What the desk calls its rows and their columns.

Named here and not in the models: these are words of the desk, and a migration for each of them would say
nothing about a table.
"""

from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from journal.accounts.models import Clinic, Clinician, Invitation, Patient
from journal.models import Entry, Flag, Task

Names = dict[type[Model], tuple[Promise | str, Promise | str]]
Columns = dict[type[Model], dict[str, Promise | str]]

NAMES: Names = {
    Flag: (gettext_lazy("flag"), gettext_lazy("flags")),
    Patient: (gettext_lazy("patient"), gettext_lazy("patients")),
    Entry: (gettext_lazy("entry"), gettext_lazy("entries")),
    Task: (gettext_lazy("task"), gettext_lazy("tasks")),
    Clinic: (gettext_lazy("clinic"), gettext_lazy("clinics")),
    Clinician: (gettext_lazy("clinician"), gettext_lazy("clinicians")),
    Invitation: (gettext_lazy("invitation"), gettext_lazy("invitations")),
}
COLUMNS: Columns = {
    Clinic: {
        "name": gettext_lazy("name"),
        "slug": gettext_lazy("short name"),
        "timezone": gettext_lazy("time zone"),
        "phone": gettext_lazy("telephone"),
        "emergency_number": gettext_lazy("emergency number"),
    },
    Clinician: {"clinic": gettext_lazy("clinic")},
}


def give(names: Names, columns: Columns) -> None:
    """Once, at the start; migrations look at what stands in the models alone."""
    for model, (one, many) in names.items():
        options: Any = model._meta
        options.verbose_name, options.verbose_name_plural = one, many
    for model, fields in columns.items():
        for name, words in fields.items():
            field: Any = model._meta.get_field(name)
            field.verbose_name = words
