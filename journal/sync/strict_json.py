"""JSON that can be read in one way only: what could be read in two is refused, never guessed."""

import json
import math
from typing import Any, NoReturn

EXACT = 2**53  # up to here each whole number is a float of its own


def loads(text: str) -> Any:
    """The value; ValueError for duplicate names, NaN, Infinity, lone surrogates and endless nesting."""
    try:
        found = json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_whole_or_not
        )
        if "\\u" in text or not text.isascii():
            # Only these can hold half of a surrogate pair, on which this fails.
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return found


def dumps(value: Any) -> str:
    """The text in which phones get a document: the same for the same document."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _whole_or_not(digits: str) -> int | float:
    """3.0 is 3, as in JSON Schema: some languages write every number with a point."""
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return int(number) if number.is_integer() and abs(number) < EXACT else number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
