"""In which language an answer is: what the request asks for, else the patient's own, else English."""

from django.utils.translation.trans_real import parse_accept_lang_header
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.permissions import patient_of
from journal.content import texts

ACCEPT_LANGUAGE = OpenApiParameter(
    "Accept-Language",
    str,
    OpenApiParameter.HEADER,
    description="Language of the texts: en or es. Without it, the patient's own.",
)

# What belongs to no patient may stay on the phone and be asked for again by its ETag. The language can be the
# patient's own, so another person's answer is another one.
SHARED = {"Cache-Control": "private, no-cache", "Vary": "X-Session-Token"}


def language_of(request: Request) -> str:
    """The first language of Accept-Language that there is; a header of none of them counts as no header."""
    wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "").lower())
    named = [code.partition("-")[0] for code, weight in wanted if weight > 0]
    there = texts.languages()
    asked = next((code for code in named if code in there), None)
    if asked:
        return asked
    own = patient_of(request).language.partition("-")[0]
    return own if own in there else texts.FIRST
