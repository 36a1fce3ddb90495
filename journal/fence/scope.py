"""In whose name the database is asked: one short text that every transaction carries.

`kind:person:patient:clinic`, ids or nothing, such as `patient:12:7:3` or `staff:5::3`. The row policies
(journal.fence.policies) and the trail read it. A process that has declared nothing asks in nobody's name,
and nobody sees no row.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

Row = TypeVar("Row")
NOBODY = ""
SYSTEM = "system:::"

_of_process = {"scope": NOBODY}
_here: ContextVar[str | None] = ContextVar("scope", default=None)


def person(user_id: int) -> str:
    """Signed in, and no more: the own patient's row and the own place in a clinic are seen, to go on."""
    return f"person:{int(user_id)}::"


def patient(user_id: int, patient_id: int, clinic_id: int) -> str:
    """A patient and their own record."""
    return f"patient:{int(user_id)}:{int(patient_id)}:{int(clinic_id)}"


def staff(user_id: int, clinic_id: int) -> str:
    """A member of staff and the records of one clinic."""
    return f"staff:{int(user_id)}::{int(clinic_id)}"


def office(user_id: int) -> str:
    """An operator: clinics and who works in them, and no patient."""
    return f"office:{int(user_id)}::"


def current() -> str:
    """What the next statement asks in the name of."""
    found = _here.get()
    return _of_process["scope"] if found is None else found


def declare_system() -> None:
    """This process works in the background, in nobody's name, on all rows. The web never calls this."""
    _of_process["scope"] = SYSTEM


@contextmanager
def within(scope: str) -> Iterator[None]:
    """Everything inside asks in this name, unless it says otherwise."""
    token = _here.set(scope)
    try:
        yield
    finally:
        _here.reset(token)


def carried(rows: Iterable[Row]) -> Iterator[Row]:
    """The same rows, read in the name that counts now, also when they leave after the request is over."""
    return _read_as(current(), iter(rows))


def _read_as(scope: str, rows: Iterator[Row]) -> Iterator[Row]:
    """Between two rows the name is the reader's own again."""
    while True:
        with within(scope):
            try:
                row = next(rows)
            except StopIteration:
                return
        yield row


def become(scope: str) -> None:
    """From here to the end of the surrounding `within`: who asks is known by now."""
    _here.set(scope)
