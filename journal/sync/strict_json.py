"""JSON that can be read in one way only: what could be read in two is refused, never guessed."""

import json
import math
from typing import Any, NoReturn

EXACT = 2**53  # up to here each whole number is a float of its own
# No object of ours has half as many. Each name that is not known costs a reason, so there is an end to them.
MOST_NAMES = 100
BOM, PYTHONS_LIMIT = "\ufeff", "integer string conversion"


def loads(text: str) -> Any:
    """The value; ValueError for names that stand twice, NaN, Infinity, lone surrogates, and for what has no
    end: nesting, digits, names in one object.
    """
    try:
        found = _read(text)
        if "\\u" in text or not text.isascii():
            # Only these can hold half of a surrogate pair, on which this fails.
            json.dumps(found, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except UnicodeEncodeError as error:
        raise ValueError("half of a surrogate pair") from error
    except json.JSONDecodeError as error:
        raise ValueError("a byte order mark stands before it" if text[0:1] == BOM else str(error)) from error
    except ValueError as error:
        if PYTHONS_LIMIT in str(error):
            raise ValueError("a number has too many digits") from error
        raise
    return found


def dumps(value: Any) -> str:
    """The text in which phones get a document: the same for the same document."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    if len(found) > MOST_NAMES:
        raise ValueError(f"more than {MOST_NAMES} names in one object")
    return found


def _whole_or_not(digits: str) -> int | float:
    """3.0 is 3, as in JSON Schema: some languages write every number with a point."""
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return int(number) if number.is_integer() and abs(number) < EXACT else number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


# Made once: `json.loads` makes one for each text.
_read = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_whole_or_not
).decode
