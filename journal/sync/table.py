"""What every synced table offers: its changes for a pull, and a verdict on each pushed row."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Model, QuerySet
from pydantic import ValidationError

from journal.accounts.models import Patient, User
from journal.actions.refusals import NotInTimeError, RefusedError
from journal.sync.columns import Row
from journal.sync.faults import Fault, faults_of

AnyRow = TypeVar("AnyRow", bound=Row)


@dataclass(frozen=True)
class Changes:
    """Whole rows to insert or overwrite, and ids to remove."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """One pushed row: where it stood in the body, its id, its columns as they came."""

    pointer: str
    id: UUID
    columns: dict[str, Any]


@dataclass(frozen=True)
class Gone:
    """One pushed delete."""

    pointer: str
    id: UUID


@dataclass
class Visit:
    """One push: who, when, whose record (locked), and what came of it."""

    by: User
    at: datetime
    patient: Patient
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    left_out: int = 0  # reasons that are not told
    flags: list[dict[str, Any]] = field(default_factory=list)
    advice_patterns: list[str] = field(default_factory=list)

    def refuse(self, row_id: UUID | str, *faults: Fault) -> None:
        self.faults.setdefault(str(row_id), []).extend(faults[:MOST_FAULTS])
        self.left_out += len(faults[MOST_FAULTS:])


class NotTakenError(RefusedError):
    """One row is refused; `column` says which of its columns is the reason."""

    def __init__(self, detail: str, *, code: str, column: str = "") -> None:
        super().__init__(detail)
        self.code, self.column = code, column


class FaultsError(Exception):
    """One row is refused, for all of these reasons."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__()
        self.faults = list(faults)


class Table(Protocol):
    """One synced table. The rows of `model` have a patient and the revision of their last write."""

    @property
    def model(self) -> type[Model]:
        """Whose rows they are."""

    def pull(self, patient: Patient, *, since: int | None) -> Changes:
        """What changed after revision `since`; all that is not deleted when None."""

    def push(self, visit: Visit, rows: Sequence[Sent], deleted: Sequence[Gone]) -> None:
        """Takes what may be taken and says to the visit what was refused."""

    def unseen(self, patient: Patient, ids: Collection[UUID], *, since: int) -> set[UUID]:
        """Those of the ids that were changed after revision `since`: a write would pass over that."""

    def written(self, patient: Patient, ids: Collection[UUID], *, after: int) -> bool:
        """Whether any of them was written after revision `after`."""


class Stored(ABC):
    """A table whose rows carry the patient's revision at their last change."""

    key: ClassVar[str] = "pk"
    model: type[Model]

    def stored(self, patient: Patient) -> QuerySet[Any]:
        """All rows of the patient, deleted ones too."""
        return self.model._default_manager.filter(patient=patient)

    def unseen(self, patient: Patient, ids: Collection[UUID], *, since: int) -> set[UUID]:
        found = self._of(patient, ids).filter(revision__gt=since)
        return set(found.values_list(self.key, flat=True))

    def written(self, patient: Patient, ids: Collection[UUID], *, after: int) -> bool:
        return self._of(patient, ids).filter(revision__gt=after).exists()

    def _of(self, patient: Patient, ids: Collection[UUID]) -> QuerySet[Any]:
        return self.stored(patient).filter(**{f"{self.key}__in": ids})


# A row with more is none of ours; 5,000 rows of it would make an answer larger than all phones together.
MOST_FAULTS = 20
# Of one push: each refused row has its first reason in any case.
MOST_TOLD = 1_000
ONLY_THE_CLINIC = "Only the clinic writes this table."


class ReadOnly:
    """A table that only the server writes."""

    def __init__(self, model: type[Model], find: Callable[[Patient, int | None], Changes]) -> None:
        self.model, self.find = model, find

    def pull(self, patient: Patient, *, since: int | None) -> Changes:
        return self.find(patient, since)

    def push(self, visit: Visit, rows: Sequence[Sent], deleted: Sequence[Gone]) -> None:
        for row in rows:
            visit.refuse(row.id, Fault(row.pointer, "read-only", ONLY_THE_CLINIC))
        stored = {row["id"] for row in self.find(visit.patient, None).rows} if deleted else set()
        for gone in deleted:
            if str(gone.id) in stored:
                visit.refuse(gone.id, Fault(gone.pointer, "not-deletable", ONLY_THE_CLINIC))

    def unseen(self, patient: Patient, ids: Collection[UUID], *, since: int) -> set[UUID]:
        return set()

    def written(self, patient: Patient, ids: Collection[UUID], *, after: int) -> bool:
        return False


class RowByRow(Stored):
    """A table of which a phone changes a few rows at a time, each by the verb that the API calls."""

    ours: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def save(self, visit: Visit, row: Sent) -> None: ...

    @abstractmethod
    def remove(self, visit: Visit, row_id: UUID) -> None: ...

    def push(self, visit: Visit, rows: Sequence[Sent], deleted: Sequence[Gone]) -> None:
        for row in rows:
            with_verdict(visit, row, _kept_apart(self.save, visit, row))
        for gone in deleted:
            with_verdict(visit, gone, _kept_apart(self.remove, visit, gone.id))


Subject = TypeVar("Subject")


def _kept_apart(verb: Callable[[Visit, Subject], None], visit: Visit, subject: Subject) -> Callable[[], None]:
    """The verb in a savepoint of its own: a refused row leaves nothing behind."""

    def take() -> None:
        with transaction.atomic():
            verb(visit, subject)

    return take


def with_verdict(visit: Visit, row: Sent | Gone, take: Callable[[], None]) -> None:
    """Takes one row, or notes why not."""
    try:
        take()
    except ValidationError as error:
        visit.refuse(row.id, *faults_of(error, within=row.pointer))
    except FaultsError as error:
        visit.refuse(row.id, *error.faults)
    except NotTakenError as error:
        column = f"/{error.column}" if error.column else ""
        visit.refuse(row.id, Fault(row.pointer + column, error.code, str(error)))
    except NotInTimeError as error:
        visit.refuse(row.id, Fault(f"{row.pointer}/recorded_at", error.code, str(error)))
    except RefusedError as error:
        visit.refuse(row.id, Fault(row.pointer, error.code, str(error)))
    except ObjectDoesNotExist:
        visit.refuse(row.id, Fault(row.pointer, "unknown-id", "There is no such row."))


def read(kind: type[AnyRow], row: Sent, *, ours: frozenset[str]) -> AnyRow:
    """The typed row. A phone that changed only what the server owns is told so, or it would keep that."""
    found = kind.model_validate(row.columns)
    if found.changed_columns and found.changed_columns <= ours:
        column = min(found.changed_columns)
        raise NotTakenError("Only the server sets this column.", code="server-owned", column=column)
    return found
