"""Each reminder gets the name by which phones know it: until now that was its own id."""

import uuid
from django.db import migrations, models

KNOWN_SO_FAR = "UPDATE reminders_reminder SET client_id = id"
HELP = "What phones call it, perhaps chosen by one; unique for one patient, not in the world."


class Migration(migrations.Migration):

    # The rows are written between two changes of the table, which PostgreSQL refuses in one transaction.
    atomic = False

    dependencies = [
        ('accounts', '0001_people'),
        ('reminders', '0001_reminders'),
    ]

    operations = [
        migrations.AddField(
            model_name='reminder',
            name='client_id',
            field=models.UUIDField(null=True, editable=False, help_text=HELP),
        ),
        migrations.RunSQL(KNOWN_SO_FAR, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='reminder',
            name='client_id',
            field=models.UUIDField(default=uuid.uuid4, editable=False, help_text=HELP),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('patient', 'client_id'), name='reminder_once_per_patient'),
        ),
    ]
