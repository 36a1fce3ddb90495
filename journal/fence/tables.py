"""To whom the rows of each table belong, read from the models: a new table is fenced without being named.

A table with a `patient` is that patient's; one that hangs on such a row (a flag's action) is the same
patient's; one with a `clinic` is that clinic's. What is none of these is the system's alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db.models import Field, Model

APPS = ("accounts", "journal", "reminders")
PATIENT, CLINIC, CLINICIAN = "accounts.Patient", "accounts.Clinic", "accounts.Clinician"

# Sign-in finds the person here before anybody is known; no row says anything about a patient's health.
OPEN = frozenset({"accounts.User", "accounts.Session", "accounts.Guesses", "accounts.KnownDevice"})
# Written by staff for staff: not the patient's to read.
FOR_STAFF_ALONE = frozenset({"journal.Note", "journal.NoteWithdrawal"})
# What patients are told of their own clinic: its name, number, hours and people.
TOLD_TO_ITS_PATIENTS = frozenset({CLINIC, CLINICIAN, "accounts.ClinicHours", "accounts.ClinicHoliday"})
# Read to find out what a person who has just signed in may see; the column with the account's id.
SIGNED_IN = {CLINICIAN: "user_id", "accounts.BrokenGlass": "by_id"}
# Some of these are about a clinic as a whole and have no patient: they are the clinic's of the person told.
TOLD_TO_STAFF = {"reminders.Delivery": "to_id"}
# What operators work with: who works where. Never a patient.
THE_OFFICES = TOLD_TO_ITS_PATIENTS | {"accounts.ClinicChange", "accounts.BrokenGlass"}


@dataclass(frozen=True, slots=True)
class Table:
    """Whose rows they are. `patient`, `clinic` and `parent_key` are SQL over a row named `it`, or empty;
    `parent` is the table on whose rows these hang, when that is how they come by a patient.
    """

    model: type[Model]
    patient: str = ""
    clinic: str = ""
    parent: type[Model] | None = None
    parent_key: str = ""

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def name(self) -> str:
        return self.model._meta.db_table


def fenced() -> Iterator[Table]:
    """Every table of Osteon's own that policies guard, in the order of the models."""
    for model in models():
        if model._meta.label not in OPEN:
            yield of(model)


def models() -> Iterator[type[Model]]:
    """Osteon's own models that have a table."""
    for name in APPS:
        yield from (each for each in apps.get_app_config(name).get_models() if each._meta.managed)


def of(model: type[Model]) -> Table:
    label = model._meta.label
    if label == PATIENT:
        return Table(model, patient="it.id", clinic="it.clinic_id")
    if label == CLINIC:
        return Table(model, clinic="it.id")
    keys = {field.name: field for field in model._meta.concrete_fields if field.is_relation}
    if "patient" in keys:
        return Table(model, patient=f"it.{keys['patient'].column}")
    parent = next((field for field in keys.values() if _hangs_on(field)), None)
    if parent is not None:
        return Table(model, _through(parent), parent=parent.related_model, parent_key=f"it.{parent.column}")
    return Table(model, clinic=f"it.{keys['clinic'].column}" if "clinic" in keys else "")


def _hangs_on(field: "Field[object, object]") -> bool:
    """Whether the row can't be without a row that has a patient."""
    other = field.related_model
    return not field.null and any(each.name == "patient" for each in other._meta.concrete_fields)  # type: ignore[union-attr]


def _through(field: "Field[object, object]") -> str:
    parent = field.related_model._meta  # type: ignore[union-attr]
    return f"(SELECT up.patient_id FROM {parent.db_table} up WHERE up.{parent.pk.column} = it.{field.column})"
