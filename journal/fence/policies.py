"""Row policies: the second fence, in PostgreSQL, behind `visible_to`.

They are planned with every statement, so they are made to plan fast: plain expressions instead of SQL
functions, and views that are not fenced again, of a clinic's caseload and of the rows on which others hang.
What depends on the scope alone stands in a sub-select, which a statement asks once and not for each row.

A condition that calls a function which could give its input away (`date - 28`, `lower(name)`) is asked after
these, and then no index serves it: statements over many rows get their bounds as values.
"""

from collections.abc import Iterator

from django.db.models import Model

from journal.fence import tables
from journal.fence.tables import Table

SCOPE = "current_setting('osteon.scope', true)"


def _part(number: int) -> str:
    return f"nullif(split_part({SCOPE}, ':', {number}), '')::bigint"


_STAFFS = f"CASE WHEN {SCOPE} LIKE 'staff:%' THEN {_part(4)} END"
SYSTEM = f"(SELECT {SCOPE} LIKE 'system:%')"
PATIENTS = f"(SELECT {SCOPE} LIKE 'patient:%')"
OFFICE = f"(SELECT {SCOPE} LIKE 'office:%')"
PERSON = f"(SELECT {_part(2)})"
PATIENT = f"(SELECT {_part(3)})"
CLINIC = f"(SELECT {_STAFFS})"
# Whoever has just signed in sees the clinic with their own row, in one statement.
OWN_CLINIC = f"""(SELECT CASE
    WHEN {SCOPE} LIKE 'patient:%' THEN {_part(4)}
    WHEN {SCOPE} LIKE 'person:%' THEN (
        SELECT own.clinic_id FROM accounts_patient own WHERE own.user_id = {_part(2)}
    )
END)"""

# The view has its owner's rights and asks for the scope itself: ids of one clinic's patients, to its staff.
SHARED = f"""
CREATE OR REPLACE FUNCTION osteon_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(split_part({SCOPE}, ':', 1), '');
CREATE OR REPLACE FUNCTION osteon_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN {_part(2)};
CREATE OR REPLACE VIEW osteon_caseload AS
SELECT id FROM accounts_patient WHERE clinic_id = {CLINIC} AND erased_at IS NULL;
CREATE OR REPLACE FUNCTION osteon_sees(asked bigint) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE osteon_kind()
        WHEN 'system' THEN true
        WHEN 'patient' THEN asked = {_part(3)}
        WHEN 'staff' THEN EXISTS (SELECT FROM osteon_caseload mine WHERE mine.id = asked)
        ELSE false END;
END $$;
"""
NAMES = ("osteon_own", "osteon_told", "osteon_signed", "osteon_staff")


def statements() -> Iterator[str]:
    """All of it, fit to be run again over what is there."""
    yield SHARED
    parents = list(dict.fromkeys(table.parent for table in tables.fenced() if table.parent))
    yield from map(_through, parents)
    for table in tables.fenced():
        yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
        yield from (f"DROP POLICY IF EXISTS {name} ON {table.name}" for name in NAMES)
        for name, rule in _policies(table).items():
            yield f"CREATE POLICY {name} ON {table.name} {rule.replace('it.', f'{table.name}.')}"
    # The policies of earlier versions called these.
    yield from (f"DROP FUNCTION IF EXISTS osteon_sees_{parent._meta.db_table}" for parent in parents)


def _through(parent: type[Model]) -> str:
    """Ids of the rows on which others hang, as far as the scope is a patient's or a clinic's."""
    name, key = parent._meta.db_table, parent._meta.pk.column
    return f"""
CREATE OR REPLACE VIEW osteon_seen_{name} AS
SELECT up.{key} AS id FROM {name} up WHERE up.patient_id = {PATIENT}
OR EXISTS (SELECT FROM osteon_caseload mine WHERE mine.id = up.patient_id)"""


def _policies(table: Table) -> dict[str, str]:
    found = {"osteon_own": f"USING ({' OR '.join(_sees(table))})"}
    if table.label in tables.FOR_STAFF_ALONE:
        found["osteon_staff"] = f"AS RESTRICTIVE USING (NOT {PATIENTS})"
    if table.label in tables.TOLD_TO_ITS_PATIENTS:
        found["osteon_told"] = f"FOR SELECT USING ({table.clinic} = {OWN_CLINIC})"
    if any(field.name == "by" for field in table.model._meta.concrete_fields):
        signed = f"it.by_id IS NULL OR it.by_id = {PERSON} OR {SYSTEM}"
        found["osteon_signed"] = f"AS RESTRICTIVE FOR INSERT WITH CHECK ({signed})"
    return found


def _sees(table: Table) -> Iterator[str]:
    """The cheapest question first: the rest is not asked when it holds. What works in nobody's name asks for
    thousands of rows at a time, and must not look up each one's clinic."""
    yield SYSTEM
    if table.label == tables.PATIENT:
        yield from (
            f"it.id = {PATIENT}",
            f"it.user_id = {PERSON}",
            f"it.clinic_id = {CLINIC} AND it.erased_at IS NULL",
        )
    elif table.parent:
        seen = f"osteon_seen_{table.parent._meta.db_table}"
        yield f"EXISTS (SELECT FROM {seen} seen WHERE seen.id = {table.parent_key})"
    elif table.patient:
        yield f"{table.patient} = {PATIENT}"
        yield f"EXISTS (SELECT FROM osteon_caseload mine WHERE mine.id = {table.patient})"
    elif table.clinic:
        yield f"{table.clinic} = {CLINIC}"
    if table.label in tables.TOLD_TO_STAFF:
        yield (
            f"{table.patient} IS NULL AND EXISTS (SELECT FROM accounts_clinician told"
            f" WHERE told.user_id = it.{tables.TOLD_TO_STAFF[table.label]} AND told.clinic_id = {CLINIC})"
        )
    if table.label in tables.SIGNED_IN:
        yield f"it.{tables.SIGNED_IN[table.label]} = {PERSON}"
    if table.label in tables.THE_OFFICES:
        yield OFFICE
