"""The index on who did it leaves out what the system did: most changes, and nobody looks for them so.

Concurrently, for there are changes of years: writing goes on meanwhile.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("journal", "0012_fewer_indexes"),
    ]
    operations = [
        AddIndexConcurrently(
            model_name="change",
            index=models.Index(
                condition=models.Q(("by__isnull", False)), fields=["by"], name="change_by"
            ),
        ),
        migrations.AlterField(
            model_name="change",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
