"""What is held on one patient, table by table: the rows of a copy that the patient takes along.

A table is exported with every column that it has or will have, but for those that are named here with the
reason why not. `tests/privacy` fails for a table with a patient that is neither a section nor in `LEFT_OUT`.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Model, QuerySet

from journal import models as journal
from journal.accounts import models as accounts
from journal.accounts.models import Clinic, Clinician, Patient, User
from journal.fence import scope

PIECE = 500  # rows in memory at a time
KEPT_BACK = "a secret, or what a secret could be found by"
OURS = "bookkeeping of the server"

Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One table of the copy. `owner` leads from its rows to the patient; `without`: columns and why not.

    `beyond_the_fence`: the row policies keep these rows from the patient's requests, and a copy has them.
    """

    name: str
    model: type[Model]
    about: str
    owner: str = "patient"
    without: Mapping[str, str] = field(default_factory=dict)
    beyond_the_fence: bool = False


SECTIONS = (
    Section(
        "profile",
        accounts.Patient,
        "You, as your clinic and your settings describe you.",
        owner="pk",
        without={"user": "the next section"},
    ),
    Section(
        "account",
        User,
        "How you sign in.",
        owner="patient",
        without={
            "password": KEPT_BACK,
            "sign_outs": OURS,
            "language": "of the desk, which speaks to staff alone",
            "is_staff": OURS,
            "is_superuser": OURS,
        },
    ),
    Section("email_addresses", EmailAddress, "Your addresses, and which are confirmed.", "user__patient"),
    Section(
        "second_factors",
        Authenticator,
        "Passkeys, authenticator apps, recovery codes: that there are some, and since when.",
        "user__patient",
        {"data": KEPT_BACK},
    ),
    Section(
        "sessions",
        UserSession,
        "Where you are signed in.",
        "user__patient",
        {"session_key": KEPT_BACK, "data": OURS},
    ),
    Section(
        "known_devices",
        accounts.KnownDevice,
        "Phones and browsers on which you signed in before.",
        "user__patient",
        {"token_hash": KEPT_BACK},
    ),
    Section(
        "invitation",
        accounts.Invitation,
        "What your clinic wrote when it invited you.",
        "used_by",
        {"code_hash": KEPT_BACK},
        beyond_the_fence=True,
    ),
    Section("assignments", accounts.Assignment, "Who of the clinic looked after you, and from when to when."),
    Section("consents", accounts.Consent, "What you agreed to, and took back."),
    Section(
        "entries",
        journal.Entry,
        "What you logged: the latest version of each entry, also of those that you deleted (`deleted_at`).",
    ),
    Section("entry_versions", journal.EntryVersion, "Earlier versions of entries that you changed."),
    Section(
        "flags", journal.Flag, "Warning signs that the rules saw in what you logged, and what they compared."
    ),
    Section(
        "flag_actions", journal.FlagAction, "What the clinic did with each warning sign.", "flag__patient"
    ),
    Section(
        "facts", journal.Fact, "What the clinic knows of your health; corrections are rows of their own."
    ),
    Section(
        "fact_withdrawals",
        journal.FactWithdrawal,
        "Facts that the clinic took back, and why.",
        "fact__patient",
    ),
    Section("care_plan", journal.CareItem, "What is planned with you, also what was stopped and why."),
    Section("care_plan_versions", journal.CareItemVersion, "What an item said before it was changed."),
    Section(
        "notes",
        journal.Note,
        "What the clinic's people wrote for each other about you.",
        beyond_the_fence=True,
    ),
    Section(
        "note_withdrawals",
        journal.NoteWithdrawal,
        "Notes that were taken back, and why.",
        "note__patient",
        beyond_the_fence=True,
    ),
    Section("messages", journal.Message, "Messages of your clinic: which, by whom, and when you read it."),
    Section("tasks", journal.Task, "What the clinic has or had to do about you."),
    Section(
        "exercise_pauses", journal.ExercisePause, "Exercises that paused: pain rose, or the clinic said so."
    ),
    Section(
        "changes",
        journal.Change,
        "Every change of your record: what, by whom, when; `stamped_at` by the database's own clock.",
        without={"db_role": OURS, "person": "a number; `by` has the name"},
    ),
    Section("news", journal.OutboxEvent, "News about you that others had to hear; ids only."),
    Section("access_log", journal.StaffRead, "Who of the clinic looked at your record, when, on which page."),
)
LEFT_OUT = {
    "journal.Trace": "Written by the database's triggers for investigations, not readable here: "
    "names of tables and columns and numbers of rows, no value. What was done stands in `changes`.",
}


def rows(section: Section, patient: Patient) -> Iterator[Row]:
    """The section's rows in the order of their keys, read in pieces."""
    columns = _columns(section)
    for row in _pieces(section, patient):
        yield {name: _plain(row, name) for name in columns}


def _columns(section: Section) -> list[str]:
    return [each.name for each in section.model._meta.concrete_fields if each.name not in section.without]


def _pieces(section: Section, patient: Patient) -> Iterator[Model]:
    """By the primary key, for a cursor on the server is not to be had behind the fence."""
    found: QuerySet[Model] = section.model._default_manager.filter(**{section.owner: patient.pk})
    found = found.order_by("pk")
    last: Any = None
    while True:
        with scope.within(scope.SYSTEM) if section.beyond_the_fence else nullcontext():
            piece = list((found if last is None else found.filter(pk__gt=last))[:PIECE])
        yield from piece
        if len(piece) < PIECE:
            return
        last = piece[-1].pk


def _plain(row: Model, name: str) -> Any:
    """A value of JSON. People stand with their names, other rows with their ids."""
    column = row._meta.get_field(name)
    if column.is_relation and column.related_model in (User, Clinician, Clinic):
        other = getattr(row, name)
        return None if other is None else _called(other)
    return plain(getattr(row, getattr(column, "attname", name)))


def _called(who: User | Clinician | Clinic) -> str:
    if isinstance(who, Clinic):
        return who.name
    person = who.user if isinstance(who, Clinician) else who
    return person.get_full_name() or f"account {person.pk}"


def plain(value: Any) -> Any:
    """What JSON has no word for, as text; a decimal number as a number."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, bool | int | float | str | list | dict):
        return value
    return str(value)


def left_out(sections: Iterable[Section]) -> dict[str, str]:
    """What a copy does not have, and why: `table.column` or a table, each with its reason."""
    columns = {f"{each.name}.{name}": why for each in sections for name, why in each.without.items()}
    return {**columns, **{name.partition(".")[2].lower(): why for name, why in LEFT_OUT.items()}}


__all__ = ["LEFT_OUT", "SECTIONS", "Section", "left_out", "plain", "rows"]
