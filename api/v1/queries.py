"""What stands behind the question mark: known parameters, each once."""

from datetime import date
from typing import TypeVar

from drf_spectacular.utils import OpenApiParameter
from pydantic import BaseModel, ConfigDict, Field
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api.moments import LocalDate


class Query(BaseModel):
    """The parameters of one read. What is not known is refused: a misspelt filter would show too much."""

    model_config = ConfigDict(extra="forbid")


class Paged(Query):
    """The parameters of a list."""

    cursor: str | None = None


class Span(Paged):
    """`from` and `to` as local dates, both included."""

    first: LocalDate | None = Field(default=None, alias="from")
    last: LocalDate | None = Field(default=None, alias="to")


AnyQuery = TypeVar("AnyQuery", bound=Query)


def query_of(request: Request, kind: type[AnyQuery]) -> AnyQuery:
    """The typed parameters.

    Raises:
        pydantic.ValidationError: unknown or not valid, all of them at once.
        ValidationError: a parameter stands twice.
    """
    twice = [name for name, values in request.query_params.lists() if len(values) > 1]
    if twice:
        raise ValidationError(dict.fromkeys(twice, "This parameter stands twice."), code="twice")
    return kind.model_validate(request.query_params.dict())


SPAN = (
    OpenApiParameter("from", date, description="First local date, included: YYYY-MM-DD."),
    OpenApiParameter("to", date, description="Last local date, included: YYYY-MM-DD."),
)
