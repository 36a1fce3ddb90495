"""`/me/access-log`: who of the clinic looked at the patient's record."""

from datetime import datetime

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import patient_of
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import CURSOR, Page, page_of
from api.v1.queries import Paged, query_of
from journal.content import looks
from journal.models import StaffRead


class LookOut(BaseModel):
    """One look at the record."""

    at: datetime = Field(description="By the server's database, which nobody can back-date.")
    by: str = Field(description="The person's name; empty when the account has none.")
    role: str = Field(description="What they were to the clinic, in words.", examples=["Physiotherapist"])
    how: str = Field(
        description="page, list, search, autocomplete, deed, export or print; more may come.",
        examples=["page"],
    )
    what: str = Field(
        description="One plain sentence.", examples=["A page was opened about what you logged."]
    )


class AccessLogPage(Page[LookOut]):
    """One page of looks."""


def shown(look: StaffRead, language: str) -> LookOut:
    """A look in words of that language; no address of anybody."""
    return LookOut(
        at=look.at,
        by=look.by.get_full_name(),
        role=looks.role(look.role, language),
        how=look.how,
        what=looks.sentence(look.how, look.route, language),
    )


class AccessLogView(APIView):
    """Who looked, when, and at what kind of page."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="me_access_log_list",
        parameters=[ACCEPT_LANGUAGE, CURSOR],
        responses={200: AccessLogPage},
    )
    def get(self, request: Request) -> Response:
        """The latest first, 50 a page. Every look of the clinic's staff is here; none can be taken out."""
        query_of(request, Paged)
        found = StaffRead.objects.filter(patient=patient_of(request)).select_related("by")
        page, rows = page_of(request, self, found, ("-at", "-id"))
        language = language_of(request)
        answer = page([shown(look, language).model_dump(mode="json") for look in rows])
        answer.headers["Content-Language"] = language
        return answer
