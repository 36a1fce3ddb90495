"""What is wrong with JSON that was sent: where, a stable code, one sentence."""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError

# Of Python's types nobody on the other side knows anything.
IN_JSON = {
    "tuple_type": ("list-type", "Input should be a list"),
    "list_type": ("list-type", "Input should be a list"),
    "dict_type": ("object-type", "Input should be an object"),
    "model_type": ("object-type", "Input should be an object"),
}


@dataclass(frozen=True)
class Fault:
    """One reason for a refusal; the pointer leads into the body."""

    pointer: str
    code: str
    detail: str


def faults_of(error: ValidationError, *, within: str = "") -> Iterator[Fault]:
    """All of them at once, with `within` before each pointer.

    The value itself is not repeated: it may be a symptom.
    """
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        path = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in found["loc"])
        said = found["type"].replace("_", "-"), found["msg"].removeprefix("Value error, ")
        yield Fault(within + path, *IN_JSON.get(found["type"], said))
