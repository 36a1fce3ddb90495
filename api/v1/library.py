"""`/library`: exercises, fall prevention, education and self-care, in plain words."""

from typing import Literal, get_args

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.errors import Problem
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from journal.content.library import Item, in_language

Kind = Literal["exercise", "fall-prevention", "education", "self-care", "reminder"]


class LibraryItem(BaseModel):
    """One text."""

    id: str
    kind: Kind
    title: str
    body: str
    language: str
    version: int
    source: str
    reviewer: str = Field(description="Who checked it, or that nobody has yet.")
    contested: bool = Field(description="Whether experts disagree; the text says so.")


class LibraryOut(BaseModel):
    """The texts of one language."""

    results: list[LibraryItem]


class Wanted(BaseModel):
    """The filters of the list."""

    kind: Kind | None = None
    lang: str | None = None


def shown(item: Item) -> dict[str, object]:
    """One text as JSON."""
    return {name: getattr(item, name) for name in LibraryItem.model_fields}


class LibraryView(APIView):
    """The library."""

    @extend_schema(
        operation_id="library_list",
        parameters=[
            OpenApiParameter("kind", str, enum=list(get_args(Kind))),
            OpenApiParameter(
                "lang", str, description="Two letters, before Accept-Language; English where it has no text."
            ),
            ACCEPT_LANGUAGE,
        ],
        responses={
            200: LibraryOut,
            401: OpenApiResponse(Problem, description="No valid session token."),
            422: OpenApiResponse(Problem, description="Unknown kind."),
        },
    )
    def get(self, request: Request) -> Response:
        """All texts of a kind, or of all kinds."""
        wanted = Wanted.model_validate(request.query_params.dict())
        language = wanted.lang or language_of(request)
        found = in_language(language, wanted.kind)
        spoken = sorted({item.language for item in found})
        return Response(
            {"results": [shown(item) for item in found]}, headers={"Content-Language": ", ".join(spoken)}
        )
