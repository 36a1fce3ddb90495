"""Row policies: the second fence, in PostgreSQL, behind `visible_to`.

Each question that depends on the scope alone stands in a sub-select of its own, so that a statement asks it
once and not for each row.
"""

from collections.abc import Iterator

from journal.fence import tables
from journal.fence.tables import Table

FUNCTIONS = """
CREATE OR REPLACE FUNCTION osteon_scope(part int) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(split_part(current_setting('osteon.scope', true), ':', part), '') $$;
CREATE OR REPLACE FUNCTION osteon_is(kind text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT coalesce(osteon_scope(1) = kind, false) $$;
CREATE OR REPLACE FUNCTION osteon_person() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT osteon_scope(2)::bigint $$;
CREATE OR REPLACE FUNCTION osteon_patient() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT osteon_scope(3)::bigint $$;
CREATE OR REPLACE FUNCTION osteon_clinic() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN osteon_is('staff') THEN osteon_scope(4)::bigint END $$;
CREATE OR REPLACE FUNCTION osteon_own_clinic() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT CASE
    WHEN osteon_is('patient') THEN osteon_scope(4)::bigint
    WHEN osteon_is('person') THEN (SELECT clinic_id FROM accounts_patient WHERE user_id = osteon_person())
END $$;
"""
SYSTEM = "(SELECT osteon_is('system'))"
OFFICE = "(SELECT osteon_is('office'))"
PERSON = "(SELECT osteon_person())"
PATIENT = "(SELECT osteon_patient())"
CLINIC = "(SELECT osteon_clinic())"
OWN_CLINIC = "(SELECT osteon_own_clinic())"


def statements() -> Iterator[str]:
    """All of it, fit to be run again over what is there."""
    yield FUNCTIONS
    for table in tables.fenced():
        yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY"
        for name in ("osteon_own", "osteon_told", "osteon_signed"):
            yield f"DROP POLICY IF EXISTS {name} ON {table.name}"
        for name, rule in _policies(table).items():
            yield f"CREATE POLICY {name} ON {table.name} {_of(table, rule)}"


def _of(table: Table, rule: str) -> str:
    """In policies the row has the name of its table."""
    return rule.replace("it.", f"{table.name}.")


def _policies(table: Table) -> dict[str, str]:
    found = {"osteon_own": f"USING ({' OR '.join(_sees(table))})"}
    if table.label in tables.TOLD_TO_ITS_PATIENTS:
        found["osteon_told"] = f"FOR SELECT USING ({table.clinic} = {OWN_CLINIC})"
    if any(field.name == "by" for field in table.model._meta.concrete_fields):
        signed = f"it.by_id IS NULL OR it.by_id = {PERSON} OR {SYSTEM}"
        found["osteon_signed"] = f"AS RESTRICTIVE FOR INSERT WITH CHECK ({signed})"
    return found


def _sees(table: Table) -> Iterator[str]:
    """The cheapest question first: the rest is not asked when it holds."""
    if table.label == tables.PATIENT:
        yield from (f"it.id = {PATIENT}", f"it.user_id = {PERSON}", f"it.clinic_id = {CLINIC}")
    elif table.patient:
        if table.label not in tables.FOR_STAFF_ALONE:
            yield f"{table.patient} = {PATIENT}"
        yield (
            f"EXISTS (SELECT FROM accounts_patient seen"
            f" WHERE seen.id = {table.patient} AND seen.clinic_id = {CLINIC})"
        )
    elif table.clinic:
        yield f"{table.clinic} = {CLINIC}"
    if table.label == tables.CLINICIAN:
        yield f"it.user_id = {PERSON}"
    if table.label in tables.THE_OFFICES:
        yield OFFICE
    yield SYSTEM
