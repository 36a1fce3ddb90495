"""Changes of what was read before: `If-Match`, and what is said when it names another state."""

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework.request import Request

from api.errors import Problem
from api.permissions import Nothing


def nothing_in(request: Request) -> None:
    """The body of a request that says all in its address: none, or an empty object.

    Raises:
        pydantic.ValidationError: a field, which would be passed over.
    """
    Nothing.model_validate(request.data or {})


IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the state that is meant; 412 when it is another one by now. Without it, the "
    "change is made to whatever is there.",
)
CHANGED = {
    412: OpenApiResponse(Problem, description="`stale`: changed since it was read; nothing was written.")
}
