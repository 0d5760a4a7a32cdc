import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

# Evidence: whoever holds the database's password included, nobody changes it by mistake. What may
# be written later is named; a column that is added is kept like all others.
KEEP = """
CREATE FUNCTION keep_retraction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - 'deleted_at' - 'correcting_key'
           = to_jsonb(OLD) - 'deleted_at' - 'correcting_key'
       AND (OLD.deleted_at IS NULL OR NEW.deleted_at IS NOT DISTINCT FROM OLD.deleted_at)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a retraction is evidence: it is neither changed nor deleted'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'retraction_is_kept';
END $$;
CREATE TRIGGER retraction_is_kept BEFORE UPDATE OR DELETE ON replies_retraction
    FOR EACH ROW EXECUTE FUNCTION keep_retraction();
"""
LET_GO = """
DROP TRIGGER retraction_is_kept ON replies_retraction;
DROP FUNCTION keep_retraction();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('replies', '0005_at_its_moment'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Retraction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('wrong', 'It was wrong'), ('personal', 'It showed personal data'), ('misplaced', 'Wrong person or wrong account'), ('tone', 'Its tone was not right'), ('other', 'Something else')], max_length=10)),
                ('why', models.CharField(blank=True, db_default='', max_length=500)),
                ('asked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('written', models.TextField()),
                ('stood', models.TextField()),
                ('sent_at', models.DateTimeField()),
                ('external_id', models.CharField(max_length=400)),
                ('url', models.TextField(blank=True, db_default='')),
                ('native', models.JSONField(default=dict)),
                ('raw', models.BinaryField(null=True)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('correcting_key', models.UUIDField(null=True)),
                ('action', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='retraction', to='replies.networkaction')),
                ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('asked_at'), models.F('id'), name='retraction_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('reason', 'other'), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='another_reason_is_said')],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
