"""No index where another one begins with the same columns: each turn that is planned writes into all of them.

Concurrently, for there are turns of years: planning goes on meanwhile.
"""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

ONCE = "occurrence_once_per_day_reminder_slot"
# Django adds a constraint under a lock that lasts as long as its index takes.
BUILD = f"""CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {ONCE}
    ON reminders_occurrence (patient_id, local_date, reminder_id, slot)"""
ADD = f"ALTER TABLE reminders_occurrence ADD CONSTRAINT {ONCE} UNIQUE USING INDEX {ONCE}"
DROP = f"ALTER TABLE reminders_occurrence DROP CONSTRAINT {ONCE}"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("reminders", "0008_newest_deliveries"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL(BUILD, migrations.RunSQL.noop), migrations.RunSQL(ADD, DROP)],
            [
                migrations.AddConstraint(
                    model_name="occurrence",
                    constraint=models.UniqueConstraint(
                        fields=["patient", "local_date", "reminder", "slot"], name=ONCE
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="occurrence", name="occurrence_once_per_reminder_day_slot"
        ),
        RemoveIndexConcurrently(model_name="occurrence", name="occurrence_patient_day"),
        RemoveIndexConcurrently(model_name="reminder", name="reminder_patient_revision"),
        migrations.AlterField(
            model_name="reminder",
            name="lease_until",
            field=models.DateTimeField(
                null=True, help_text="Not planned before this: it could not be, and is tried again then."
            ),
        ),
    ]
