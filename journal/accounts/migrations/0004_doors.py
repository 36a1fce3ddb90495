import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.accounts.sealed import sealed

# Until now one agreement stood for everything.
REMINDERS_TOO = """
    INSERT INTO accounts_consent (patient_id, purpose, version, given_at, withdrawn_at)
    SELECT patient_id, 'reminders', version, given_at, withdrawn_at FROM accounts_consent
"""
# Their keys are readable: everybody signs in once more.
READABLE_SESSIONS = "DELETE FROM usersessions_usersession; DELETE FROM django_session"


def seal(apps, schema_editor):
    """Secrets of second factors that were set up before secrets were sealed."""
    for factor in apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias).all():
        found = {name: sealed(factor.data[name]) for name in ("secret", "seed") if name in factor.data}
        factor.data |= found
        factor.save(update_fields=["data"])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_on_call'),
        ('mfa', '0003_authenticator_type_uniq'),
        ('sessions', '0001_initial'),
        ('usersessions', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Guesses',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('at', django.contrib.postgres.fields.ArrayField(base_field=models.DateTimeField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name='KnownDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64)),
                ('added_at', models.DateTimeField()),
                ('last_seen_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Session',
            fields=[
                ('session_data', models.TextField(verbose_name='session data')),
                ('expire_date', models.DateTimeField(db_index=True, verbose_name='expire date')),
                ('session_key', models.CharField(max_length=40, primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'session',
                'verbose_name_plural': 'sessions',
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='consent',
            name='purpose',
            field=models.CharField(choices=[('journal', 'The journal'), ('reminders', 'Reminders')], default='journal', max_length=20),
        ),
        migrations.AddField(
            model_name='user',
            name='sign_outs',
            field=models.PositiveIntegerField(default=0, editable=False, help_text='Raised to end every session of this account at once.'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('patient', 'purpose', 'version'), name='consent_once_until_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('withdrawn_at__gte', models.F('given_at')), _connector='OR'), name='consent_withdrawn_after_given'),
        ),
        migrations.AddField(
            model_name='knowndevice',
            name='user',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='known_devices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='knowndevice',
            constraint=models.UniqueConstraint(fields=('user', 'token_hash'), name='known_device_once_per_person'),
        ),
        migrations.RunSQL(REMINDERS_TOO, "DELETE FROM accounts_consent WHERE purpose = 'reminders'"),
        migrations.RunSQL(READABLE_SESSIONS, "DELETE FROM usersessions_usersession"),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
