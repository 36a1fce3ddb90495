"""`/me/export`: everything held on the patient, to take along."""

import json
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import IO, Any, Literal

from django.http import FileResponse, HttpResponse
from django.utils import timezone as clock
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.views import APIView

from api.errors import Problem
from api.permissions import patient_of, user_of
from api.v1.queries import Query, query_of
from journal import export as of_the_journal
from journal.accounts.models import Patient
from journal.actions import export
from journal.export import Row
from journal.fence.snapshot import snapshot
from journal.fhir import bundle as journal_fhir
from journal.fhir.resources import bundled, moment
from reminders import export as of_reminders
from reminders import fhir as reminders_fhir

FORMAT, VERSION = "osteon-export", 1
SECTIONS = (*of_the_journal.SECTIONS, *of_reminders.SECTIONS)
IN_MEMORY = 1 << 20  # a larger copy goes on in a file without a name, gone with the answer


class ExportQuery(Query):
    """`as`: which form."""

    form: Literal["json", "fhir"] = Field(default="json", alias="as")


class Copy(BaseModel):
    """Everything held on the patient. `sections` has a list of rows for each name in `about`."""

    format: Literal["osteon-export"] = Field(description="What kind of document this is.")
    version: int = Field(description="Raised when a program that reads it has to be changed.")
    made_at: datetime = Field(description="When; all rows are as they were at one moment.")
    about: dict[str, str] = Field(description="What each section holds, in one sentence.")
    left_out: dict[str, str] = Field(description="Tables and columns that are not in it, and why.")
    sections: dict[str, list[dict[str, Any]]] = Field(
        description="Rows as they are stored, by section; people by name, other rows by id."
    )


def document(patient: Patient, at: datetime) -> Iterator[str]:
    """The JSON of a `Copy`, in pieces."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": at.isoformat(),
        "about": {section.name: section.about for section in SECTIONS},
        "left_out": of_the_journal.left_out(SECTIONS),
    }
    yield f'{_text(head)[:-1]}, "sections": {{'
    for place, section in enumerate(SECTIONS):
        yield f"{',' if place else ''}\n{_text(section.name)}: ["
        yield from _listed(of_the_journal.rows(section, patient))
        yield "]"
    yield "}}\n"


def bundle(patient: Patient, at: datetime) -> Iterator[str]:
    """The same patient as a FHIR R4 Bundle of type collection, in pieces."""
    today = at.astimezone(patient.timezone).date()
    head = {"resourceType": "Bundle", "type": "collection", "timestamp": moment(at)}
    yield f'{_text(head)[:-1]}, "entry": ['
    found = chain(journal_fhir.resources(patient, today), reminders_fhir.resources(patient))
    yield from _listed(bundled(resource) for resource in found)
    yield "]}\n"


def _listed(rows: Iterator[Row]) -> Iterator[str]:
    for place, row in enumerate(rows):
        yield f"{',' if place else ''}\n{_text(row)}"


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def kept_aside(pieces: Iterator[str]) -> IO[bytes]:
    """The whole copy, made before the first byte leaves.

    A reader on a slow line would hold a transaction and a connection for minutes; and a copy that breaks
    off half-way must not look like a whole one.
    """
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  closed with the answer
    with snapshot():
        for piece in pieces:
            file.write(piece.encode())
    file.seek(0)
    return file


FORMS = {"json": (document, "application/json"), "fhir": (bundle, "application/fhir+json")}


class ExportView(APIView):
    """A copy of the whole record."""

    asks = frozenset({"GET"})

    def head(self, request: Request) -> HttpResponse:
        """What the copy would be, without making or recording one."""
        form = query_of(request, ExportQuery).form
        return HttpResponse(content_type=FORMS[form][1], headers={"Content-Disposition": "attachment"})

    @extend_schema(
        operation_id="me_export",
        parameters=[
            OpenApiParameter(
                "as", str, enum=["json", "fhir"], description="json, or a FHIR R4 Bundle; json if left out."
            ),
        ],
        responses={
            (200, "application/json"): Copy,
            (200, "application/fhir+json"): OpenApiTypes.OBJECT,
            401: OpenApiResponse(Problem, description="No valid session token."),
            422: OpenApiResponse(Problem, description="There is no such form."),
        },
    )
    def get(self, request: Request) -> FileResponse:
        """Everything held on the patient, as a file, made at one moment. Taking it is on record."""
        form = query_of(request, ExportQuery).form
        patient, at = patient_of(request), clock.now()
        export.taken(by=user_of(request), at=at, patient=patient, form=form)
        make, kind = FORMS[form]
        return FileResponse(
            kept_aside(make(patient, at)),
            as_attachment=True,
            filename=f"osteon-{form}-{at:%Y-%m-%d}.json",
            content_type=kind,
        )
