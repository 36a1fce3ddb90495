"""`/vocabulary`: every code that an entry may carry, with words for people."""

from typing import get_args

from drf_spectacular.utils import extend_schema
from pydantic import BaseModel, Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.v1.languages import ACCEPT_LANGUAGE, SHARED, language_of
from journal.content import texts, vocabulary

LISTS = {
    "site": vocabulary.Site,
    "side": vocabulary.Side,
    "onset": vocabulary.Onset,
    "quality": vocabulary.Quality,
    "worse_with": vocabulary.WorseWith,
    "better_with": vocabulary.BetterWith,
    "nerve_site": vocabulary.NerveSite,
    "nerve_symptom": vocabulary.NerveSymptom,
    "fall_kind": vocabulary.FallKind,
    "activity_type": vocabulary.ActivityType,
    "systemic": vocabulary.Systemic,
    "medication": vocabulary.Medication,
    "trigger": vocabulary.Trigger,
    "radiation": vocabulary.Radiation,
    "path": vocabulary.Path,
    "versus_usual": vocabulary.Versus,
    "extent": vocabulary.Extent,
    "fall_cause": vocabulary.FallCause,
    "after": vocabulary.After,
    "posture": vocabulary.Posture,
    "self_care": vocabulary.SelfCare,
    "felt": vocabulary.Felt,
    "walking_aid": vocabulary.WalkingAid,
    "jaw": vocabulary.JawSign,
}


class Code(BaseModel):
    """One code."""

    code: str = Field(description="What an entry carries.")
    label: str = Field(description="As a patient reads it.")


class VocabularyOut(BaseModel):
    """The lists of codes, by the question that they answer."""

    lists: dict[str, list[Code]] = Field(
        description="By the name of the question: its codes, in the order in which to offer them."
    )


class VocabularyView(APIView):
    """The codes of the entry document."""

    @extend_schema(
        operation_id="vocabulary_retrieve",
        parameters=[ACCEPT_LANGUAGE],
        responses={200: VocabularyOut},
    )
    def get(self, request: Request) -> Response:
        """All codes with their labels."""
        language = language_of(request)
        label = texts.spoken(language).wording.label
        lists = {
            name: [{"code": code, "label": label(code)} for code in get_args(codes)]
            for name, codes in LISTS.items()
        }
        return Response({"lists": lists}, headers={"Content-Language": language, **SHARED})
