"""An attribute that is computed when it is first asked for."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801  it stands where a decorator does
    """As `functools.cached_property`, which up to Python 3.11 takes a lock for it. A day is judged by one
    thread, and its attributes are asked for by the hundred.
    """

    def __init__(self, compute: Callable[[Any], Value]) -> None:
        self.compute, self.name, self.__doc__ = compute, compute.__name__, compute.__doc__

    def __get__(self, instance: Any, owner: type | None = None) -> Value:
        """Only the first time: from then on the instance has an attribute of this name."""
        found = instance.__dict__[self.name] = self.compute(instance)
        return found
