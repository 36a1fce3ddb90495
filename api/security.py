"""`/.well-known/security.txt`: whom to tell of a hole (RFC 9116)."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone as clock
from django.views.decorators.http import require_safe

# RFC 9116 advises less than a year. It is written anew with each answer, so it never runs out while we run.
GOOD_FOR = timedelta(days=180)
PATH = ".well-known/security.txt"


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """Who is told, until when this may be believed, where it stands, and in which languages to write.

    Raises:
        Http404: the operator named nobody (`SECURITY_CONTACT`).
    """
    if not settings.SECURITY_CONTACT:
        raise Http404
    until = (clock.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *(f"Contact: {each}" for each in settings.SECURITY_CONTACT),
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        f"Canonical: {settings.PUBLIC_URL}/{PATH}",
        "Preferred-Languages: en",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
