"""Which form an answer takes: JSON, the only one there is."""

from collections.abc import Sequence

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# What apps send. Anything else is taken apart as RFC 9110 has it.
PLAIN = frozenset({"*/*", "application/json"})


class Negotiation(DefaultContentNegotiation):
    """DRF's, asked only where there is something to find out."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        only = len(renderers) == 1 and renderers[0].media_type == "application/json" and not format_suffix
        if only and request.META.get("HTTP_ACCEPT", "*/*") in PLAIN:
            return renderers[0], "application/json"
        return super().select_renderer(request, renderers, format_suffix)
