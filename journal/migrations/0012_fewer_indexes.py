"""Entries counted by their index alone; and no index on the patient where another one begins with it.

Concurrently, for on ten million entries each of these takes a while: writing goes on meanwhile.
"""

import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


def without_an_index(model_name, related_name):
    field = models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="accounts.patient",
    )
    return migrations.AlterField(model_name=model_name, name="patient", field=field)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("journal", "0011_stamped_changes"),
    ]
    operations = [
        AddIndexConcurrently(
            model_name="entry",
            index=models.Index(fields=["patient", "local_date"], include=["deleted_at"], name="entry_by_day"),
        ),
        RemoveIndexConcurrently(model_name="entry", name="entry_patient_day"),
        without_an_index("entry", "entries"),
        without_an_index("change", "changes"),
        without_an_index("flag", "flags"),
        without_an_index("staffread", "staff_reads"),
    ]
