"""What waits in the viewer's clinic: read once for the whole page, in one statement."""

from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, IntegerField, Q, Sum, TextField, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.utils import timezone

from journal.models import Flag, Task

_COLUMNS = ("what", "opened", "every", "state", "patterns")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Flags that nobody has looked at, all unresolved ones with a mark that changes with any of them, and
    their patterns; tasks that are due.
    """

    open: int
    unresolved: int
    mark: str
    patterns: tuple[str, ...]
    tasks: int


def numbers(request: HttpRequest) -> Waiting:
    """As they were when the request first asked."""
    found: Waiting | None = getattr(request, "waiting", None)
    if found is None:
        found = _read(request)
        request.waiting = found  # type: ignore[attr-defined]
    return found


def patterns(request: HttpRequest) -> list[str]:
    """Of the clinic's flags in the state that is asked for: of what waits, known with the numbers."""
    if request.GET.get("status", "") in ("", "open", "acknowledged"):
        return sorted(numbers(request).patterns)
    found: list[str] | None = getattr(request, "patterns", None)
    if found is None:
        every = Flag.objects.visible_to(request.user).order_by().values_list("pattern", flat=True)
        found = request.patterns = sorted(every.distinct())  # type: ignore[attr-defined]
    return found


def _read(request: HttpRequest) -> Waiting:
    none = Value(0, output_field=IntegerField())
    texts = ArrayField(TextField())
    flags = Flag.objects.visible_to(request.user).unresolved().order_by().annotate(what=Value("flags"))
    told = flags.values("what").annotate(
        opened=Count("pk", filter=Q(status=Flag.Status.OPEN)),
        every=Count("pk"),
        state=Coalesce(Sum("revision"), 0),
        patterns=Cast(ArrayAgg("pattern", distinct=True), texts),
    )
    tasks = Task.objects.visible_to(request.user).waiting_at(timezone.now()).order_by()
    to_do = (
        tasks.annotate(what=Value("tasks"))
        .values("what")
        .annotate(opened=none, every=Count("pk"), state=none, patterns=Value([], output_field=texts))
    )
    both = told.values_list(*_COLUMNS).union(to_do.values_list(*_COLUMNS), all=True)
    found = {what: rest for what, *rest in both}
    opened, unresolved, state, patterns = found.get("flags", (0, 0, 0, ()))
    return Waiting(
        open=opened,
        unresolved=unresolved,
        mark=f"{unresolved}.{opened}.{state}",
        patterns=tuple(patterns or ()),  # null without any
        tasks=found.get("tasks", (0, 0))[1],
    )


__all__ = ["Waiting", "numbers", "patterns"]
