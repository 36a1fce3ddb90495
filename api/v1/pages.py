"""Cursor pagination: `next`, `previous`, `results`."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError as InvalidValue
from django.db import DataError
from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from pydantic import BaseModel, Field
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

Row = TypeVar("Row", bound=Model)
Shown = TypeVar("Shown")
CURSOR = OpenApiParameter(
    "cursor", str, description="Opaque: from `next` or `previous` of an earlier page of the same list."
)
NOWHERE = Cursor(offset=0, reverse=False, position=None)


class Page(BaseModel, Generic[Shown]):
    """One page of a list; follow `next` until it is null."""

    next: str | None = Field(description="The whole address of the next page; null on the last one.")
    previous: str | None = Field(description="The whole address of the page before; null on the first one.")
    results: list[Shown] = Field(description="The rows of this page, 50 at most.")


PAGE = 50


class Pages(CursorPagination):
    """50 rows a page; the cursor is opaque."""

    page_size = PAGE

    def decode_cursor(self, request: Request) -> Cursor | None:
        """What says nothing when it is decoded would be the first page again, without end."""
        found = super().decode_cursor(request)
        if found == NOWHERE and request.query_params.get(self.cursor_query_param):
            raise ValueError("a cursor without a place")
        return found


def page_of(
    request: Request, view: APIView, rows: QuerySet[Row], ordering: tuple[str, ...]
) -> tuple[Callable[[list[Any]], Response], list[Row]]:
    """The rows of the page that the cursor names, and what wraps them when they are shown.

    Raises:
        ValidationError: a cursor that is none of ours, whatever its bytes.
    """
    pages = Pages()
    pages.ordering = ordering
    try:
        found = pages.paginate_queryset(rows, request, view)
    except (NotFound, InvalidValue, DataError, ValueError, OverflowError) as error:
        detail = {"cursor": "This cursor does not come from a page of this list."}
        raise ValidationError(detail, code="invalid-cursor") from error
    return pages.get_paginated_response, list(found or [])


def only_page(results: list[Any]) -> Response:
    """A list that is all on one page, as `page_of` wraps it."""
    return Response({"next": None, "previous": None, "results": results})
