"""JSON that can be read in one way only: what could be read in two is refused, never guessed."""

import json
from typing import Any, NoReturn


def loads(text: str) -> Any:
    """The value; ValueError for duplicate names, NaN, Infinity, lone surrogates and endless nesting."""
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
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


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
