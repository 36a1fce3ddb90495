"""`/schema`: this API as OpenAPI 3.1."""

from functools import lru_cache

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.request import Request


class DocumentView(SpectacularJSONAPIView):
    """Open to everybody, so it is made once: to make it takes a third of a second."""

    def _get_schema_response(self, request: Request) -> HttpResponse:
        media_type: str = request.accepted_renderer.media_type
        return HttpResponse(_document(), content_type=media_type)


@lru_cache(maxsize=1)
def _document() -> bytes:
    document = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: bytes = OpenApiJsonRenderer().render(document)
    return found
