"""A patient's record as a FHIR R4 Bundle of type collection, resource by resource."""

from collections.abc import Iterator
from datetime import date

from journal.accounts.models import Patient
from journal.export import PIECE
from journal.fence import scope
from journal.fhir import entries, record
from journal.fhir.resources import Resource
from journal.models import CareItem, Entry, Fact, Flag, FlagAction, Note


def resources(patient: Patient, today: date) -> Iterator[Resource]:
    """All of them; the entries, of which there are many, in pieces."""
    yield record.person(patient)
    yield record.clinic(patient.clinic)
    yield from map(record.consent, patient.consents.order_by("pk"))
    yield from _known(patient)
    yield from _planned(patient, today)
    yield from map(record.flag, Flag.objects.filter(patient=patient).order_by("raised_at", "pk"))
    deeds = FlagAction.objects.filter(flag__patient=patient).select_related("flag", "by")
    yield from map(record.deed, deeds.order_by("pk"))
    yield from _notes(patient)
    for entry in _entries(patient):
        yield from entries.of(entry)


def _known(patient: Patient) -> Iterator[Resource]:
    standing = set(Fact.objects.standing().filter(patient=patient).values_list("pk", flat=True))
    for fact in Fact.objects.filter(patient=patient).order_by("pk"):
        yield record.fact(fact, stands=fact.pk in standing)


def _planned(patient: Patient, today: date) -> Iterator[Resource]:
    items = list(CareItem.objects.filter(patient=patient).select_related("by").order_by("starts", "pk"))
    yield record.care_plan(patient, items)
    for item in items:
        yield record.planned(item, today)


def _notes(patient: Patient) -> Iterator[Resource]:
    """Written by staff for staff, and yet about the patient: a copy has them."""
    with scope.within(scope.SYSTEM):
        withdrawn = set(
            Note.objects.filter(patient=patient).exclude(withdrawal=None).values_list("pk", flat=True)
        )
        found = list(Note.objects.filter(patient=patient).select_related("by").order_by("pk"))
    for note in found:
        yield record.note(note, stands=note.pk not in withdrawn)


def _entries(patient: Patient) -> Iterator[Entry]:
    last = 0
    while True:
        piece = list(Entry.objects.filter(patient=patient, pk__gt=last).order_by("pk")[:PIECE])
        yield from piece
        if len(piece) < PIECE:
            return
        last = piece[-1].pk
