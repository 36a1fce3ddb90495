"""New reminders lie in the order in which they were made, with room beside each for its next moment.

A fifth of a page is left free: a turn writes its reminder anew, and on the same page that costs half of what it
costs elsewhere. Pages that are full already get their room as rows on them are written anew.
"""

from django.db import migrations, models

import reminders.models.reminders


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0010_lifted_holds"),
    ]
    operations = [
        migrations.AlterField(
            model_name="reminder",
            name="id",
            field=models.UUIDField(
                default=reminders.models.reminders.one_after_the_other,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE reminders_reminder SET (fillfactor = 80)",
            "ALTER TABLE reminders_reminder RESET (fillfactor)",
        ),
    ]
