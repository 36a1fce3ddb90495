"""JSON as Osteon takes it: what could be read in two ways is refused, never guessed."""

import zlib
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

from journal.sync import strict_json

CHUNK = 65_536
# What zlib calls the gzip wrapper with the largest window.
GZIP = 16 + zlib.MAX_WBITS


class TooLargeError(APIException):
    """The body is larger than this address takes."""

    status_code = 413
    default_code = "too-large"


class UnreadableCodingError(APIException):
    """The body is packed in a way that is not read here; `Accept-Encoding` names the one that is."""

    status_code = 415
    default_detail = "A body may be sent as it is, or with Content-Encoding: gzip."
    default_code = "unsupported-content-encoding"


class StrictJSONParser(BaseParser):
    """Refuses duplicate keys, NaN and Infinity, broken UTF-8, lone surrogates and whatever has no end.

    A body with `Content-Encoding: gzip` is unpacked piece by piece: the limit holds for what comes out, so a
    small body that grows without end costs no more than a large one.
    """

    media_type = "application/json"
    most_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        _check_charset(media_type or "")
        return object_of(self._read(stream, (parser_context or {}).get("request")))

    def _read(self, stream: IO[Any], request: Any) -> bytes:
        coding = request.headers.get("Content-Encoding", "") if request else ""
        if coding.strip().lower() in {"", "identity"}:
            return self._within_limit(stream.read(self.most_bytes + 1))
        if coding.strip().lower() != "gzip":
            raise UnreadableCodingError
        try:
            return b"".join(self._unpacked(stream))
        except zlib.error as error:
            raise ParseError("Not valid gzip.", code="invalid-gzip") from error

    def _unpacked(self, stream: IO[Any]) -> Iterator[bytes]:
        """What one gzip member holds; `zlib.error` for anything else, and for what is cut off."""
        packed, sent, left = zlib.decompressobj(GZIP), 0, self.most_bytes
        while not packed.eof:
            chunk = packed.unconsumed_tail or stream.read(CHUNK)
            if not chunk:
                raise zlib.error("cut off")
            sent += 0 if packed.unconsumed_tail else len(chunk)
            piece = packed.decompress(chunk, left + 1)
            left -= len(piece)
            if left < 0 or sent > self.most_bytes:
                raise self._too_large()
            yield piece
        if packed.unused_data or stream.read(1):
            raise zlib.error("something follows")

    def _within_limit(self, raw: bytes) -> bytes:
        if len(raw) > self.most_bytes:
            raise self._too_large()
        return raw

    def _too_large(self) -> TooLargeError:
        return TooLargeError(f"A body may have at most {self.most_bytes} bytes, unpacked.")


def object_of(raw: bytes) -> dict[str, Any]:
    """The JSON object of a whole body.

    Raises:
        ParseError: not UTF-8, no JSON, JSON that could be read in two ways, or something else than an object.
    """
    try:
        body = strict_json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ParseError("Not valid JSON: not UTF-8", code="invalid-json") from error
    except ValueError as error:
        raise ParseError(f"Not valid JSON: {error}", code="invalid-json") from error
    if not isinstance(body, dict):
        raise ParseError("The body must be a JSON object.", code="invalid-json")
    return body


def _check_charset(media_type: str) -> None:
    """JSON is UTF-8 (RFC 8259); bytes that are said to be in another set would be stored as other letters."""
    said = parse_header_parameters(media_type)[1].get("charset", "utf-8")
    if said.lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(media_type, detail="JSON is sent in UTF-8.")
