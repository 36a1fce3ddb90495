"""Every refusal as RFC 9457 problem+json, with a pointer to each field at fault."""

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views import defaults
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.types import ErrorResponse
from pydantic import BaseModel, Field
from pydantic import ValidationError as Invalid
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from journal.actions import refusals
from journal.admin.middleware import DESK_PATHS
from journal.sync.faults import faults_of
from journal.sync.pull import CursorAheadError
from journal.sync.push import OvertakenError, TooManyRowsError
from reminders.actions.devices import InvalidTokenError
from reminders.actions.reminders import InvalidScheduleError

log = logging.getLogger(__name__)
CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5

# The one table of refusals: what the domain refuses → status. Anything new must be added here to be answered.
STATUS_OF: dict[type[refusals.RefusedError], int] = {
    refusals.ConflictError: 409,
    refusals.StaleError: 412,
    refusals.NotInTimeError: 422,
    refusals.InvalidInvitationError: 400,
    refusals.NotPossibleNowError: 409,
    refusals.NotFitError: 422,
    InvalidScheduleError: 422,
    InvalidTokenError: 422,
    OvertakenError: 409,
    CursorAheadError: 409,
    TooManyRowsError: 413,
}
POINTER_OF: dict[type[refusals.RefusedError], str] = {
    refusals.NotInTimeError: "/recorded_at",
    refusals.ConflictError: "/id",
    OvertakenError: "/last_pulled_at",
    CursorAheadError: "/last_pulled_at",
}
# Refusals of the domain that are also found while a body is read.
OWN_KINDS = {refusals.NotInTimeError.code, InvalidScheduleError.code, InvalidTokenError.code}
TITLES = {
    400: "The request can't be read",
    401: "Please sign in",
    403: "Not allowed",
    404: "Not found",
    405: "This method is not offered here",
    406: "This format is not offered here",
    409: "In conflict with what is stored",
    412: "Changed in the meantime",
    413: "Too large",
    415: "This media type is not read here",
    422: "The content is not valid",
    426: "Please update the app",
    429: "Too many requests",
    500: "Something went wrong here",
    503: "Not available for a moment",
}


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    pointer: str = Field(description="JSON pointer (RFC 6901) into the request; empty for the whole of it.")
    code: str = Field(description="Stable code for programs.")
    detail: str = Field(description="One sentence for people.")


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str = Field(description="Stable name of the kind of problem, a URI reference.")
    title: str = Field(description="The kind of problem, for people.")
    status: int = Field(description="The HTTP status again.")
    detail: str = Field(description="One sentence that may be shown.")
    errors: list[FieldError] = Field(
        description="All that is wrong, at once; empty when nothing more can be said."
    )


def answer(status: int, detail: str, *, code: str, errors: list[FieldError] | None = None) -> Response:
    """One problem as a DRF answer."""
    body = _problem(status, detail, code=code, errors=errors)
    return Response(body, status=status, content_type=CONTENT_TYPE)


def plain_answer(status: int, detail: str, *, code: str) -> JsonResponse:
    """One problem where DRF has no hand in it: at the doors, and at addresses that nothing answers."""
    return JsonResponse(_problem(status, detail, code=code), status=status, content_type=CONTENT_TYPE)


def _problem(
    status: int, detail: str, *, code: str, errors: list[FieldError] | None = None
) -> dict[str, Any]:
    title = TITLES.get(status, "Refused")
    whole = Problem(type=f"/problems/{code}", title=title, status=status, detail=detail, errors=errors or [])
    return whole.model_dump()


def problem(error: Exception, context: Any) -> Response | None:
    """DRF's exception handler. What is not foreseen here stays an exception and is answered as a bare 500."""
    if isinstance(error, Invalid):
        set_rollback()
        return _not_valid(_of_fields(error))
    if isinstance(error, refusals.RefusedError):
        set_rollback()
        whole = FieldError(pointer=_pointer_of(error), code=error.code, detail=str(error))
        return answer(STATUS_OF[type(error)], str(error), code=error.code, errors=[whole])
    if isinstance(error, OperationalError):
        # The text of a database error may carry a row: only its kind is kept.
        log.error("database not available: %s", type(error).__name__)
        response = answer(503, "Please send the same request again.", code="not-available")
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return response
    return _of_drf(error, context)


def _not_valid(errors: list[FieldError]) -> Response:
    """A reason of ours that stands alone is the kind of problem; else it is one among others."""
    [first, *others] = errors
    if first.code in OWN_KINDS and not others:
        return answer(422, first.detail, code=first.code, errors=errors)
    return answer(422, "Some fields are not valid.", code="not-valid", errors=errors)


def _of_fields(error: Invalid) -> list[FieldError]:
    """All errors of a body at once."""
    return [FieldError(**vars(fault)) for fault in faults_of(error)]


def _pointer_of(error: refusals.RefusedError) -> str:
    return error.pointer or POINTER_OF.get(type(error), "")


class _Formatter(ExceptionFormatter):
    """Flattens DRF's nested details into one list."""

    def format_error_response(self, error_response: ErrorResponse) -> list[FieldError]:
        return [
            FieldError(
                pointer="/" + error.attr.replace(".", "/") if error.attr else "",
                code=error.code.replace("_", "-"),
                detail=error.detail,
            )
            for error in error_response.errors
        ]


def _of_drf(error: Exception, context: Any) -> Response | None:
    original = exceptions.NotFound() if isinstance(error, Http404 | ObjectDoesNotExist) else error
    response = exception_handler(original, context)
    if response is None or not isinstance(original, exceptions.APIException):
        return response
    errors: list[FieldError] = _Formatter(original, context, original).run()
    found = errors[0]
    detail = found.detail if len(errors) == 1 else "Some fields are not valid."
    status = 422 if isinstance(original, exceptions.ValidationError) else response.status_code
    code = "not-valid" if status == 422 else found.code
    told = answer(status, detail, code=code, errors=errors)
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if name in response:
            told[name] = response[name]
    return told


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """An address that nothing answers; people at the desk get a page instead of JSON."""
    if request.path.startswith(DESK_PATHS):
        return defaults.page_not_found(request, exception or Http404())
    return plain_answer(404, "Not found.", code="not-found")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """What Django refuses by itself: a host that is not ours, a body that is too large."""
    if request.path.startswith(DESK_PATHS):
        return defaults.bad_request(request, exception or SuspiciousOperation())
    if isinstance(exception, RequestDataTooBig):
        return plain_answer(413, "The body is too large.", code="too-large")
    return plain_answer(400, "The request can't be read.", code="bad-request")


def failed(request: HttpRequest) -> HttpResponseBase:
    """Something broke here; the request id leads to its place in the log."""
    if request.path.startswith(DESK_PATHS):
        return defaults.server_error(request)
    return plain_answer(500, "Nothing was stored. Please send the same request again later.", code="internal")
