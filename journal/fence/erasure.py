"""The one function that takes a patient's record out of tables that the app's role may only add to.

Made of the models, as the policies are: what has a patient, or hangs on a row that has one, goes. What stays
is named here. The trail holds no value of a record, the looks hold who, when and which page; both point to a
patient's row of which a number, a clinic and the moment of the erasure are left.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db.models import Model

from journal.fence import tables
from journal.fence.tables import PATIENT, Table

STAYS = frozenset({PATIENT, "journal.StaffRead"})
USER = "accounts.User"
# A member of staff who is also a patient stays one of the staff.
ON_THE_STAFF = """EXISTS (
    SELECT FROM accounts_user one WHERE one.id = who AND (one.is_staff OR one.is_superuser)
) OR EXISTS (SELECT FROM accounts_clinician one WHERE one.user_id = who)"""
EMPTIED = """
    UPDATE accounts_invitation SET profile = '{}' WHERE used_by_id = asked;
    UPDATE accounts_patient SET
        user_id = NULL, physiotherapist_id = NULL, name = '', sex = '', born = NULL, history = '{}',
        history_dates = '{}', peak_height_cm = NULL, timezone = 'UTC', language = 'en', enrolled_at = moment,
        erased_at = moment, revision = revision + 1
    WHERE id = asked;"""


def statements() -> Iterator[str]:
    """The function; fit to be run again over what is there."""
    yield f"""
CREATE OR REPLACE FUNCTION osteon_erase(asked bigint, moment timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE who bigint;
BEGIN
    IF osteon_kind() NOT IN ('patient', 'system') OR NOT osteon_sees(asked) THEN
        RAISE EXCEPTION 'only its own person erases a record' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT user_id INTO who FROM accounts_patient WHERE id = asked FOR UPDATE;
    PERFORM set_config('osteon.erasing', asked::text, true);
    {" ".join(_of_the_record())}
    PERFORM set_config('osteon.erasing', '', true);
    {EMPTIED}
    IF who IS NULL OR {ON_THE_STAFF} THEN
        RETURN;
    END IF;
    DELETE FROM accounts_session WHERE session_key IN (
        SELECT session_key FROM usersessions_usersession WHERE user_id = who
    );
    {" ".join(_of_the_account())}
    DELETE FROM accounts_user WHERE id = who;
END $$"""
    yield "REVOKE ALL ON FUNCTION osteon_erase(bigint, timestamptz) FROM PUBLIC"


def _of_the_record() -> Iterator[str]:
    """What hangs on other rows goes before them. References are looked at when the transaction ends."""
    found = [tables.of(each) for each in tables.models() if each._meta.label not in STAYS]
    for table in found:
        if table.parent:
            yield _hanging(table, table.parent)
    for table in found:
        if table.patient and not table.parent:
            yield f"DELETE FROM {table.name} it WHERE {table.patient} = asked;"


def _hanging(table: Table, parent: type[Model]) -> str:
    up = parent._meta
    return (
        f"DELETE FROM {table.name} it USING {up.db_table} up"
        f" WHERE up.{up.pk.column} = {table.parent_key} AND up.patient_id = asked;"
    )


def _of_the_account() -> Iterator[str]:
    """Whatever belongs to a `user`, other people's tables included."""
    for model in apps.get_models(include_auto_created=True):
        keys = {field.name: field for field in model._meta.concrete_fields if field.is_relation}
        own = keys.get("user")
        if own is None or own.related_model._meta.label != USER:  # type: ignore[union-attr]
            continue
        if model._meta.label not in (PATIENT, tables.CLINICIAN):
            yield f"DELETE FROM {model._meta.db_table} WHERE {own.column} = who;"


__all__ = ["STAYS", "statements"]
