"""JSON as Osteon takes it: what could be read in two ways is refused, never guessed."""

import json
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser


class TooLargeError(APIException):
    """The body is larger than 256 KiB."""

    status_code = 413
    default_detail = f"A body may have at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes."
    default_code = "too-large"


class StrictJSONParser(BaseParser):
    """Refuses duplicate keys, NaN and Infinity, broken UTF-8, lone surrogates, NUL and endless nesting."""

    media_type = "application/json"

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLargeError
        try:
            text = raw.decode("utf-8")
            body = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
            json.dumps(body, ensure_ascii=False).encode("utf-8")  # fails on a lone surrogate
        except (ValueError, RecursionError) as error:
            raise ParseError(f"Not valid JSON: {_reason(error)}", code="invalid-json") from error
        if not isinstance(body, dict):
            raise ParseError("The body must be a JSON object.", code="invalid-json")
        return body


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeError):
        return "not UTF-8, or half of a surrogate pair"
    return str(error)
