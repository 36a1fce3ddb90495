"""The newest deliveries of a clinic's patients, found without all others. Writing goes on meanwhile."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("reminders", "0007_plan_versions_and_holds"),
    ]
    operations = [
        AddIndexConcurrently(
            model_name="delivery",
            index=models.Index(fields=["patient", "due_at"], name="delivery_patient_due"),
        ),
    ]
