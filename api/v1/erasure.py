"""`DELETE /me`: the patient's record and account, taken out for good."""

from django.utils import timezone as clock
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Problem
from api.permissions import patient_of
from reminders.actions import departures

DELETE = extend_schema(
    operation_id="me_erase",
    request=None,
    responses={
        204: OpenApiResponse(description="Erased. The token opens nothing any more."),
        401: OpenApiResponse(Problem, description="No valid session token; also after an erasure."),
    },
)


class ErasedByPatient:
    """Gives `/me` its DELETE."""

    @DELETE
    def delete(self, request: Request) -> Response:
        """Erases the whole record and the account at once, on all devices. There is no way back, and nothing
        is asked again here: please show what goes, offer the copy of `/me/export`, and ask."""
        departures.leave(at=clock.now(), patient=patient_of(request))
        return Response(status=204)
