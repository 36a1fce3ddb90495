"""`/care-plan`: what is prescribed, and what is held at present and why."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone as clock
from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.permissions import patient_of
from api.v1.languages import ACCEPT_LANGUAGE, language_of
from journal.actions import care_plan
from journal.actions.care_plan import Hold
from journal.content import library, plan
from journal.models import CareItem, words_in


class TagOut(BaseModel):
    """What to keep in mind with an exercise."""

    code: str = Field(description="Stable code.", examples=["supervised"])
    label: str = Field(description="As a patient reads it.")


class CareItemOut(BaseModel):
    """One thing that the clinic planned with the patient."""

    id: UUID = Field(description="Stable.")
    kind: str = Field(
        description="exercise, brace, rest, goal, task, fall_prevention, referral or medicine; more may come."
    )
    code: str = Field(description="What it is, as a stable code of its kind.", examples=["resistance"])
    title: str = Field(description="As a patient reads it.")
    text: str = Field(description="What the clinic wrote to it; may be empty.")
    library_id: str | None = Field(description="The text of `/library` that explains it.")
    starts: date = Field(description="The first day: a local date.")
    ends: date | None = Field(description="The last day; null when none is set.")
    review_on: date | None = Field(description="When it is looked at again.")


class BraceOut(CareItemOut):
    """A brace or corset, for a time."""

    hours_a_day: int | None = Field(description="How long it is worn, in hours a day; null when not said.")


class ExerciseOut(CareItemOut):
    """One exercise, and whether it is held at present."""

    dose: str = Field(description="How much and how often, in words.")
    rrule: str | None = Field(description="The rhythm (RFC 5545), when one is set.")
    tags: list[TagOut] = Field(description="What to keep in mind with it.")
    held: bool = Field(description="Whether to pause it for now.")
    held_reason: str | None = Field(description="Why, and what happens next, in words for the patient.")
    held_by: list[UUID] = Field(description="The flags behind it, as in `/flags`.")


class ProgrammeHeldOut(BaseModel):
    """One exercise of the library's programme that is held at present."""

    library_id: str = Field(description="The text of `/library`; no reminder shows it meanwhile.")
    title: str = Field(description="As a patient reads it.")
    held_reason: str = Field(description="Why, and what happens next, in words for the patient.")
    held_by: list[UUID] = Field(description="The flags behind it, as in `/flags`; none after pain.")


class CarePlanOut(BaseModel):
    """The plan as of today in the patient's zone; what is over or stopped is left out."""

    revision: int = Field(description="The patient's revision at this moment.")
    exercises: list[ExerciseOut] = Field(description="What is prescribed to do.")
    held: bool = Field(description="Whether any exercise is held at present.")
    programme_held: list[ProgrammeHeldOut] = Field(
        description="While no exercise is prescribed, the library's programme goes on: what of it is held."
    )
    braces: list[BraceOut] = Field(description="What is worn, and how long.")
    goals: list[CareItemOut] = Field(description="What is aimed at.")
    others: list[CareItemOut] = Field(
        description="Rest, follow-ups, fall prevention, referrals, medicine instructions."
    )


def shown(item: CareItem, language: str) -> dict[str, Any]:
    """One item as every kind shows it, in words of that language."""
    return {
        "id": item.pk,
        "kind": item.kind,
        "code": item.code,
        "title": item.title(language),
        "text": item.text,
        "library_id": item.explained_by or None,
        "starts": item.starts,
        "ends": item.ends,
        "review_on": item.review_on,
    }


def exercise(item: CareItem, hold: Hold | None, language: str) -> ExerciseOut:
    """One exercise with its hold, if any, in words of that language."""
    return ExerciseOut(
        **shown(item, language),
        dose=item.dose,
        rrule=item.rrule or None,
        tags=[TagOut(code=tag, label=words_in(plan.TAGS[tag].label, language)) for tag in item.tags],
        held=hold is not None,
        held_reason=hold.in_words(language) if hold else None,
        held_by=[flag.pk for flag in hold.flags] if hold else [],
    )


def held_text(text_id: str, hold: Hold, language: str) -> ProgrammeHeldOut:
    """One text of the programme with its hold, in words of that language."""
    text = library.by_id(text_id, language)
    return ProgrammeHeldOut(
        library_id=text_id,
        title=text.title if text else text_id,
        held_reason=hold.in_words(language),
        held_by=[flag.pk for flag in hold.flags],
    )


class CarePlanView(APIView):
    """The patient's own care plan."""

    @extend_schema(
        operation_id="care_plan_retrieve",
        parameters=[ACCEPT_LANGUAGE],
        responses={200: CarePlanOut},
    )
    def get(self, request: Request) -> Response:
        """What holds today or begins later. Nothing held never means that all is well."""
        patient, language = patient_of(request), language_of(request)
        today = clock.now().astimezone(patient.timezone).date()
        items = list(CareItem.objects.filter(patient=patient).current(today))
        known = care_plan.holding(patient)
        holds = care_plan.holds_among(items, known)
        programme = care_plan.holds_of_programme(items, known, on=today)
        of = {kind: [item for item in items if item.kind == kind] for kind in plan.KINDS}
        found = CarePlanOut(
            revision=patient.revision,
            exercises=[exercise(item, holds.get(item), language) for item in of.pop("exercise")],
            held=bool(holds or programme),
            programme_held=[held_text(text, hold, language) for text, hold in programme.items()],
            braces=[
                BraceOut(**shown(item, language), hours_a_day=item.hours_a_day) for item in of.pop("brace")
            ],
            goals=[CareItemOut(**shown(item, language)) for item in of.pop("goal")],
            others=[CareItemOut(**shown(item, language)) for those in of.values() for item in those],
        )
        return Response(found.model_dump(mode="json"), headers={"Content-Language": language})
