"""Room on each page for patients' next revisions: every write about a patient writes the row anew."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_stamped_changes"),
    ]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE accounts_patient SET (fillfactor = 85)",
            "ALTER TABLE accounts_patient RESET (fillfactor)",
        ),
    ]
