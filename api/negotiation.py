"""Which form an answer takes: JSON, the only one there is."""

from collections.abc import Iterable
from typing import cast

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# What apps send. Anything else is taken apart as RFC 9110 has it.
PLAIN = frozenset({"*/*", "application/json"})


class Negotiation(DefaultContentNegotiation):
    """DRF's, asked only where there is something to find out."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        [first, *others] = renderers
        only = not others and first.media_type == "application/json" and not format_suffix
        if only and request.META.get("HTTP_ACCEPT", "*/*") in PLAIN:
            return first, "application/json"
        return cast(
            tuple[BaseRenderer, str], super().select_renderer(request, [first, *others], format_suffix)
        )
