"""`/library`: exercises, fall prevention, education and self-care, in plain words."""

from typing import Annotated, Literal, get_args

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.v1.languages import ACCEPT_LANGUAGE, SHARED, language_of
from api.v1.pages import Page
from api.v1.queries import Query, query_of
from journal.content.library import Item, in_language

LANGUAGE_TAG = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$"
Kind = Literal["exercise", "fall-prevention", "education", "self-care", "reminder"]


class LibraryItem(BaseModel):
    """One text."""

    id: str = Field(description="Stable; entries, reminders and the care plan name it.")
    kind: Kind = Field(description="What it is about.")
    title: str = Field(description="One line.")
    body: str = Field(description="Plain text in paragraphs.")
    language: str = Field(description="Of this text: en or es.")
    version: int = Field(description="Grows when the text changes.")
    source: str = Field(description="Where the advice comes from.")
    reviewer: str = Field(description="Who checked it, or that nobody has yet.")
    contested: bool = Field(description="Whether experts disagree; the text says so.")


class LibraryOut(Page[LibraryItem]):
    """All texts of one language on one page: `next` and `previous` are null."""


class Wanted(Query):
    """The filters of the list."""

    kind: Kind | None = None
    lang: Annotated[str, Field(pattern=LANGUAGE_TAG)] | None = None


def shown(item: Item) -> dict[str, object]:
    """One text as JSON."""
    return {name: getattr(item, name) for name in LibraryItem.model_fields}


class LibraryView(APIView):
    """The library."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="library_list",
        parameters=[
            OpenApiParameter(
                "kind",
                str,
                enum=list(get_args(Kind)),
                description="Texts of this kind alone; all of them when left out.",
            ),
            OpenApiParameter(
                "lang",
                {"type": "string", "pattern": LANGUAGE_TAG},
                description="A language tag such as es or es-MX; comes before Accept-Language. English where "
                "there is no text in it.",
                examples=[OpenApiExample("Spanish", value="es")],
            ),
            ACCEPT_LANGUAGE,
        ],
        responses={200: LibraryOut},
    )
    def get(self, request: Request) -> Response:
        """All texts of a kind, or of all kinds."""
        wanted = query_of(request, Wanted)
        language = wanted.lang.lower().partition("-")[0] if wanted.lang else language_of(request)
        found = in_language(language, wanted.kind)
        spoken = sorted({item.language for item in found})
        return Response(
            {"next": None, "previous": None, "results": [shown(item) for item in found]},
            headers={"Content-Language": ", ".join(spoken), **SHARED},
        )
