"""`/flags`: what the rules noticed, and the patient's "I have read it"."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiParameter, extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import patient_of, user_of
from api.v1.edits import nothing_in
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from api.v1.pages import CURSOR, PAGE, Page, only_page, page_of
from api.v1.queries import Paged, query_of
from journal.actions import flags
from journal.actions.entries import snapshot
from journal.content import engine, numbers, texts
from journal.content.rule import Urgency
from journal.content.wording import stored
from journal.models import Flag
from journal.rows import by_sql

Status = Literal["open", "acknowledged", "resolved", "superseded"]


STATUSES = (
    "open: nobody at the clinic has looked yet. acknowledged: somebody is dealing with it. "
    "resolved: dealt with. superseded: later entries changed what was known."
)


class SourceOut(BaseModel):
    """Where a rule's threshold comes from."""

    text: str = Field(description="The guideline or study and what it says, in English.")
    basis: Literal["read", "second-hand", "recalled", "own design"] = Field(
        description="How the project knows it; `own design` is a threshold that no source sets."
    )


class NumberOut(BaseModel):
    """One number that the rule compared."""

    key: str = Field(description="Stable name, with the region before it when there are several.")
    label: str = Field(description="In plain English.", examples=["Usual level"])
    value: int | float | str = Field(description="As compared: the baseline is a number.")
    text: str = Field(description="The value with its unit.", examples=["2 of 10"])


class EvidenceOut(BaseModel):
    """What was logged on one day."""

    day: date = Field(description="The patient's local day.")
    entry_ids: list[UUID] = Field(description="The entries of that day which the rule saw.")


class FlagOut(BaseModel):
    """One red flag, in words for the patient."""

    id: UUID = Field(description="Stable.")
    pattern: str = Field(description="Stable id of the rule.", examples=["sudden-back-pain"])
    urgency: Urgency = Field(description="How soon somebody must act.")
    status: Status = Field(description=STATUSES)
    day: date = Field(description="The patient's local day on which the condition held.")
    raised_at: datetime = Field(description="When it was raised, in UTC.")
    title: str = Field(description="One line to head it with.")
    why: str = Field(description="One plain sentence: what in the entries raised it.")
    advice: str = Field(description="What to do now.")
    entry_ids: list[UUID] = Field(description="The entries that were evidence.")
    rule_version: int | None = Field(
        description="Version of the rule; null in answers from before it was said."
    )
    sources: list[SourceOut] = Field(description="Why there is such a rule; empty for a fault of the server.")
    first_day: date = Field(description="Since when: the first local day on which it was met.")
    last_day: date = Field(description="The last local day on which it was met so far.")
    met_again: list[date] = Field(description="The days after the first on which it was met again.")
    evidence: list[EvidenceOut] = Field(description="The same entries by day, oldest day first.")
    numbers: list[NumberOut] = Field(
        description="What the rule compared on the first day, baseline included."
    )


class FlagPage(Page[FlagOut]):
    """One page of flags."""


def with_texts(flag: dict[str, Any], language: str) -> dict[str, Any]:
    """A flag's snapshot in words of that language; snapshots from before there were others stay English."""
    said = stored(flag.get("why_params", []))
    text = texts.text(flag["pattern"], language)
    other = texts.why(flag["pattern"], said, language) if language != texts.FIRST else None
    shown = {name: value for name, value in flag.items() if name not in {"why_params", "days_met"}}
    return {
        **shown,
        "why": other or flag["why"],
        "title": text.title,
        "advice": text.advice,
        "rule_version": flag.get("rule_version"),
        "sources": _sources(flag["pattern"]),
        **_days(flag),
        "numbers": [_number(name, one) for name, one in sorted(flag.get("numbers", {}).items())],
    }


_BASIS = {"V": "read", "S": "second-hand", "R": "recalled", "D": "own design"}


def _sources(pattern: str) -> list[dict[str, str]]:
    rule = engine.BY_PATTERN.get(pattern)
    return [{"text": one.text, "basis": _BASIS[one.mark]} for one in rule.sources] if rule else []


def _days(flag: dict[str, Any]) -> dict[str, Any]:
    met = flag.get("days_met") or [flag["day"]]
    evidence = flag.get("evidence", {})
    return {
        "first_day": met[0],
        "last_day": met[-1],
        "met_again": met[1:],
        "evidence": [{"day": day, "entry_ids": evidence[day]} for day in sorted(evidence)],
    }


def _number(name: str, value: float | str) -> dict[str, Any]:
    return {
        "key": name,
        "label": numbers.label(name),
        "value": value,
        "text": numbers.value(name, value),
    }


# What the list doesn't show.
FOR_CLINICIANS = ("covered", "arms", "why_clinician")
# By plain SQL, since an app asks for it whenever it comes to the front. One row more than a page has.
_LATEST = f"""
SELECT {{columns}} FROM journal_flag AS flag
WHERE patient_id = %(patient)s AND (%(status)s::text IS NULL OR status = %(status)s)
ORDER BY raised_at DESC, id DESC LIMIT {PAGE + 1}
"""  # noqa: S608  fixed text


class Wanted(Paged):
    """The filter of the list."""

    status: Status | None = None


class FlagsView(APIView):
    """The patient's own flags."""

    asks = frozenset({"GET"})

    @extend_schema(
        operation_id="flags_list",
        parameters=[
            OpenApiParameter(
                "status",
                str,
                enum=["open", "acknowledged", "resolved", "superseded"],
                description="Flags in this state alone; all of them when left out.",
            ),
            ACCEPT_LANGUAGE,
            CURSOR,
        ],
        responses={200: FlagPage},
    )
    def get(self, request: Request) -> Response:
        """The latest first, 50 a page. No flag never means that all is well."""
        wanted = query_of(request, Wanted)
        page, rows = self._page(request, wanted)
        language = language_of(request)
        answer = page([with_texts(snapshot(flag), language) for flag in rows])
        answer.headers["Content-Language"] = language
        return answer

    def _page(
        self, request: Request, wanted: Wanted
    ) -> tuple[Callable[[list[Any]], Response], Sequence[Flag]]:
        """Hardly anybody has more than one page of flags: then no cursor is needed, nor made."""
        patient = patient_of(request)
        if wanted.cursor is None:
            values = {"patient": patient.pk, "status": wanted.status}
            rows = [flag for flag, _ in by_sql(Flag, _LATEST, values, but=FOR_CLINICIANS)]
            if len(rows) <= PAGE:
                return only_page, rows
        found = Flag.objects.filter(patient=patient).defer(*FOR_CLINICIANS)
        if wanted.status:
            found = found.filter(status=wanted.status)
        return page_of(request, self, found, ("-raised_at", "-id"))


class FlagSeenView(APIView):
    """The patient has read the advice."""

    @extend_schema(
        operation_id="flags_seen",
        request=None,
        parameters=[ACCEPT_LANGUAGE],
        responses={200: FlagOut},
    )
    def post(self, request: Request, flag_id: UUID) -> Response:
        """Records the first time; again is harmless."""
        nothing_in(request)
        flag = Flag.objects.get(patient=patient_of(request), pk=flag_id)
        seen = flags.mark_seen(by=user_of(request), at=clock.now(), flag=flag)
        language = language_of(request)
        body = with_texts(snapshot(seen), language)
        return Response(body, headers={"Content-Language": language})
