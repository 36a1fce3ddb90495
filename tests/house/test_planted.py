"""What the generated tests are for: a route that leaks is found by being there, without anybody adding it."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import urls
from journal.accounts.models import Patient
from journal.admin.desk import Desk
from journal.admin.middleware import looks_are_written
from journal.fence import scope
from journal.models import Entry, Note, NoteWithdrawal
from tests.house import test_looks as looks
from tests.house import test_matrix as matrix
from tests.support.routes import every_route

pytestmark = pytest.mark.django_db


def plant(settings: Any, *more: Any) -> None:
    """The router with these patterns in it, and the desk as it is registered now."""
    settings.ROOT_URLCONF = router = ModuleType("planted")
    router.urlpatterns = [*more, path("admin/", admin.site.urls), *urls.urlpatterns]  # type: ignore[attr-defined]
    for name in ("handler400", "handler404", "handler500"):
        setattr(router, name, getattr(urls, name))


def found(role: str, start: str) -> list[str]:
    """What the matrix says of the routes that begin so."""
    here = matrix.world(role)
    for route in every_route():
        if route.pattern.startswith(start):
            for method in matrix.METHODS:
                matrix.tried(here, route, method)
    return here.wrong


class Careless(APIView):
    """Reads in nobody's name, so that no fence stands behind it."""

    def get(self, request: Request, row_id: int | None = None) -> Response:
        with scope.within(scope.SYSTEM):
            rows = NoteWithdrawal.objects.filter(**{"pk": row_id} if row_id else {})
            return Response([row.reason for row in rows], status=200 if rows else 404)


@pytest.mark.parametrize("place", ["api/v1/planted", "api/v1/planted/<int:row_id>"])
def test_a_route_of_the_api_that_gives_anothers_row_is_found(settings: Any, place: str) -> None:
    plant(settings, path(place, Careless.as_view()))
    assert any(
        line.startswith("leak: a patient elsewhere: GET") for line in found("a patient elsewhere", place)
    )


class OfTheClinic(APIView):
    """Takes a patient for somebody who works there."""

    def get(self, request: Request) -> Response:
        own = Patient.objects.get(user=request.user.pk)
        with scope.within(scope.SYSTEM):
            rows = Entry.objects.filter(patient__clinic=own.clinic_id)
            return Response([row.report["note"] for row in rows])


def test_a_row_of_another_patient_of_the_same_clinic_is_found(settings: Any) -> None:
    plant(settings, path("api/v1/planted", OfTheClinic.as_view()))
    role = "another patient of the clinic"
    assert found(role, "api/v1/planted")[0] == f"leak: {role}: GET /api/v1/planted → 200"


class OneOfTwo(APIView):
    """Looks at whose the first row is, and not at the second."""

    def get(self, request: Request, entry_id: int, row_id: int) -> Response:
        mine = Entry.objects.filter(pk=entry_id, patient__user=request.user.pk)
        with scope.within(scope.SYSTEM):
            row = Note.objects.filter(pk=row_id).first()
        return Response({"note": row.text} if mine and row else {}, status=200 if mine and row else 404)


def test_a_row_of_others_under_an_own_one_is_found(settings: Any) -> None:
    place = "api/v1/planted/<int:entry_id>/note/<int:row_id>"
    plant(settings, path(place, OneOfTwo.as_view()))
    wrong = found("a patient elsewhere", "api/v1/planted")
    assert any(line.startswith("leak: a patient elsewhere: GET") for line in wrong)


class Fenced(Desk):
    """A desk that forgot whose rows it shows, and says that it wrote its looks."""

    page_template = "desk/facts.html"
    list_display = ("text",)

    def scope(self, request: HttpRequest) -> Any:
        looks_are_written(request)
        return Note.objects.all()

    def page_context(self, request: HttpRequest, thing: Note, as_of: Any) -> dict[str, Any]:
        return {"facts": [("Note", thing.text)]}


class Loose(Fenced):
    """And has no fence behind it either."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        with scope.within(scope.SYSTEM):
            return _made(super().changelist_view(request, extra_context))

    def change_view(self, request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        with scope.within(scope.SYSTEM):
            return _made(super().change_view(request, *args, **more))


def _made(answer: Any) -> HttpResponse:
    """Now, and not after the name has changed back."""
    made: HttpResponse = answer.render() if hasattr(answer, "render") else answer
    return made


@contextmanager
def registered(desk: type[Desk], settings: Any) -> Iterator[None]:
    admin.site.register(Note, desk)
    try:
        plant(settings)
        yield
    finally:
        admin.site.unregister(Note)


def test_a_desk_without_scope_is_found_by_its_list_and_by_its_page(settings: Any) -> None:
    role = "a physiotherapist elsewhere"
    with registered(Loose, settings):
        wrong = found(role, "admin/journal/note/")
    assert f"leak: {role}: GET /admin/journal/note/ → 200" in wrong
    assert any(line.startswith(f"tells apart: {role}: GET /admin/journal/note/") for line in wrong)


def test_behind_the_second_fence_a_desk_without_scope_shows_nothing_of_others(settings: Any) -> None:
    with registered(Fenced, settings):
        assert found("a physiotherapist elsewhere", "admin/journal/note/") == []


# --- looks ---


def unrecorded(request: HttpRequest, patient_id: int) -> HttpResponse:
    return HttpResponse(Patient.objects.get(pk=patient_id).name)


def said_to_be(request: HttpRequest, patient_id: int) -> HttpResponse:
    """One that says it wrote its looks, and wrote none."""
    looks_are_written(request)
    return unrecorded(request, patient_id)


def test_a_page_that_shows_a_patient_and_records_nothing_is_refused(settings: Any) -> None:
    plant(settings, path("admin/planted/<int:patient_id>/", admin.site.admin_view(unrecorded)))
    here = looks.office("physiotherapist")
    assert here.asks("GET", f"/admin/planted/{here.casts[0].patient.pk}/").status_code == 403


def test_a_page_that_only_says_it_recorded_is_found(settings: Any) -> None:
    plant(settings, path("admin/planted/<int:patient_id>/", admin.site.admin_view(said_to_be)))
    here = looks.office("physiotherapist")
    looks.go_round(here, "admin/planted")
    assert [line.split(":")[0] for line in here.wrong] == ["no look at heron", "no look at egret"]
