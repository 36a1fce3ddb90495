"""JSON as Osteon takes it: what could be read in two ways is refused, never guessed."""

from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from journal.sync import strict_json


class TooLargeError(APIException):
    """The body is larger than this address takes."""

    status_code = 413
    default_code = "too-large"


class StrictJSONParser(BaseParser):
    """Refuses duplicate keys, NaN and Infinity, broken UTF-8, lone surrogates and endless nesting."""

    media_type = "application/json"
    most_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(self.most_bytes + 1)
        if len(raw) > self.most_bytes:
            raise TooLargeError(f"A body may have at most {self.most_bytes} bytes.")
        try:
            body = strict_json.loads(raw.decode("utf-8"))
        except ValueError as error:
            raise ParseError(f"Not valid JSON: {_reason(error)}", code="invalid-json") from error
        if not isinstance(body, dict):
            raise ParseError("The body must be a JSON object.", code="invalid-json")
        return body


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "not UTF-8, or half of a surrogate pair"
    return str(error)
