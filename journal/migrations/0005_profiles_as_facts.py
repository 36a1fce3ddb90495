"""What profiles hold from invitations becomes facts, so that clinicians can correct and withdraw it."""

from django.db import migrations


def adopt(apps, schema_editor):
    # The owner's connection, as for all of a migration: the default one is the app's.
    owner = schema_editor.connection.alias
    facts = apps.get_model("journal", "Fact").objects.using(owner)
    for patient in apps.get_model("accounts", "Patient").objects.using(owner).iterator():
        known = [("history", code, None, None) for code in patient.history]
        if patient.born:
            known.append(("born", "born", patient.born, None))
        if patient.peak_height_cm is not None:
            known.append(("peak_height", "peak_height", None, patient.peak_height_cm))
        facts.bulk_create(
            facts.model(
                patient=patient,
                kind=kind,
                code=code,
                since=since,
                number=number,
                at=patient.enrolled_at,
                revision=patient.revision,
            )
            for kind, code, since, number in known
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_history_dates"), ("journal", "0004_care")]
    operations = [migrations.RunPython(adopt, migrations.RunPython.noop)]
