"""Triggers that write the trail: which row was made, changed or removed, when and by whom, whatever the way.

Names of columns only, no value of a patient's record: the trail can't be shortened, so it must hold nothing
that an erasure would have to remove. Who may see what (roles, clinics, accounts) is kept with its values.
The app's role can't touch the table: it is written by functions of the owner.
"""

from collections.abc import Iterator

from django.db.models import Field

from journal.fence import tables
from journal.fence.tables import Table

TRIGGERS = ("osteon_added", "osteon_removed", "osteon_changed")
TRAIL, READS = "journal_trace", "journal_staffread"
CHANGES = ("journal_change", "accounts_clinicchange")
# Logs that are only ever added to, and the dispatchers' own notes, which no person writes.
NOT_TRACED = frozenset(
    {
        *("journal.Trace", "journal.StaffRead", "journal.Change", "accounts.ClinicChange"),
        *("journal.OutboxEvent", "reminders.Chase", "reminders.Delivery", "reminders.Digest"),
        *("reminders.Attempt", "reminders.Tally", "reminders.ZoneRules"),
        *("reminders.Round", "accounts.Session", "accounts.Guesses", "accounts.KnownDevice"),
    }
)
# Made by planning alone, many at a time, each with its record in the same transaction, which the database
# stamps as it would this line (decision 40). What is changed in one or taken out is told as of any other row.
PLANNED = frozenset({"reminders.Occurrence"})
# Bookkeeping that changes with every write, or with every tick, and says nothing about anybody.
NOT_TOLD = frozenset(
    {
        *("revision", "outcome", "last_login", "next_local_date", "next_due_at", "lease_until"),
        *("last_item", "seen_at"),
    }
)
# Who may see what: these are kept before and after.
KEPT = frozenset(
    {
        *("role", "clinic", "user", "physiotherapist", "is_active", "is_staff", "is_superuser"),
        "on_call",
    }
)
STAMP = "clock_timestamp(), public.osteon_person(), public.osteon_kind(), session_user"
INTO = f'INSERT INTO public.{TRAIL} (at, person, kind, db_role, "table", row, patient, deed, columns, was)'
FOREVER = f"""
CREATE OR REPLACE FUNCTION osteon_refuse() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN
    RAISE EXCEPTION 'what is on record stays as it is' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE FUNCTION osteon_stamp_read() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF osteon_kind() <> 'staff' OR NEW.by_id IS DISTINCT FROM osteon_person() THEN
        RAISE EXCEPTION 'a look is written by the one who looks' USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.at := clock_timestamp();
    NEW.db_role := session_user;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER osteon_stamp BEFORE INSERT ON {READS}
FOR EACH ROW EXECUTE FUNCTION osteon_stamp_read();
CREATE OR REPLACE FUNCTION osteon_stamp_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.stamped_at := clock_timestamp();
    NEW.person := osteon_person();
    NEW.db_role := session_user;
    RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION osteon_erased_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.patient_id::text IS DISTINCT FROM current_setting('osteon.erasing', true) THEN
        RAISE EXCEPTION 'what is on record stays as it is' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$;
"""


def statements() -> Iterator[str]:
    """All of it, fit to be run again over what is there."""
    yield FOREVER
    for name in (TRAIL, READS):
        yield _trigger(
            "osteon_stays", "BEFORE UPDATE OR DELETE OR TRUNCATE", name, "STATEMENT", "osteon_refuse"
        )
    yield from _of_changes()
    for table in tables.models():
        if table._meta.label in NOT_TRACED:
            yield from (f"DROP TRIGGER IF EXISTS {name} ON {table._meta.db_table}" for name in TRIGGERS)
        else:
            yield from _traced(Table(table) if table._meta.label in tables.OPEN else tables.of(table))


def _of_changes() -> Iterator[str]:
    """What was done, in the program's words, is stamped as the looks are. A patient's goes with the record,
    by the one function that erases (journal.fence.erasure); the owner has no other way either.
    """
    for name in CHANGES:
        yield _trigger("osteon_stamp", "BEFORE INSERT", name, "ROW", "osteon_stamp_change")
    of_patients, of_clinics = CHANGES
    yield _trigger("osteon_stays", "BEFORE UPDATE OR TRUNCATE", of_patients, "STATEMENT", "osteon_refuse")
    yield _trigger("osteon_goes", "BEFORE DELETE", of_patients, "ROW", "osteon_erased_alone")
    always = "BEFORE UPDATE OR DELETE OR TRUNCATE"
    yield _trigger("osteon_stays", always, of_clinics, "STATEMENT", "osteon_refuse")


def _traced(table: Table) -> Iterator[str]:
    key = table.model._meta.pk.column
    patient = table.patient or "NULL::bigint"
    row = f"{STAMP}, '{table.name}', it.{key}::text, {patient}"
    added = f"{INTO} SELECT {row}, 'added', NULL, {_kept(table, 'it')} FROM fresh it;"
    if table.label in PLANNED:
        added = f"IF public.osteon_kind() <> 'system' THEN {added} END IF;"
    yield _function(f"trace_added_{table.name}", added)
    yield _trigger(
        "osteon_added",
        "AFTER INSERT",
        table.name,
        "STATEMENT",
        f"trace_added_{table.name}",
        rows="NEW TABLE AS fresh",
    )
    removed = f"{INTO} SELECT {row}, 'removed', NULL, {_kept(table, 'it')} FROM gone it;"
    yield _function(f"trace_removed_{table.name}", removed)
    yield _trigger(
        "osteon_removed",
        "AFTER DELETE",
        table.name,
        "STATEMENT",
        f"trace_removed_{table.name}",
        rows="OLD TABLE AS gone",
    )
    told = [field for field in table.model._meta.concrete_fields if _is_told(field)]
    if told:
        yield from _changed(table, row, told)


def _changed(table: Table, row: str, told: "list[Field[object, object]]") -> Iterator[str]:
    """Row by row, and only when a column of these is in the statement: bookkeeping costs nothing."""
    differs = ", ".join(
        f"CASE WHEN OLD.{_q(each)} IS DISTINCT FROM NEW.{_q(each)} THEN '{each.column}' END" for each in told
    )
    said = row.replace("it.", "NEW.")
    body = (
        f"found := array_remove(ARRAY[{differs}], NULL); IF found <> '{{}}' THEN "
        f"{INTO} VALUES ({said}, 'changed', found, {_kept(table, 'OLD')}); END IF;"
    )
    yield _function(f"trace_changed_{table.name}", body, "DECLARE found text[];")
    columns = ", ".join(_q(each) for each in told)
    yield _trigger(
        "osteon_changed", f"AFTER UPDATE OF {columns}", table.name, "ROW", f"trace_changed_{table.name}"
    )


def _is_told(field: "Field[object, object]") -> bool:
    return not field.primary_key and field.name not in NOT_TOLD and not getattr(field, "generated", False)


def _kept(table: Table, row: str) -> str:
    kept = [field for field in table.model._meta.concrete_fields if field.name in KEPT]
    if not kept or not table.label.startswith("accounts."):
        return "NULL::jsonb"
    pairs = ", ".join(f"'{field.column}', {row}.{field.column}" for field in kept)
    return f"jsonb_build_object({pairs})"


def _q(field: "Field[object, object]") -> str:
    return f'"{field.column}"'


def _function(name: str, body: str, declared: str = "") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
        f" SET search_path = public, pg_temp AS $$ {declared} BEGIN {body} RETURN NULL; END $$"
    )


def _trigger(name: str, when: str, table: str, each: str, function: str, *, rows: str = "") -> str:
    referencing = f"REFERENCING {rows}" if rows else ""
    return (
        f"CREATE OR REPLACE TRIGGER {name} {when} ON {table} {referencing}"
        f" FOR EACH {each} EXECUTE FUNCTION {function}()"
    )
