"""Where the form of an inquiry was, so that its mails can lead back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stands", "0006_floor_plan"),
    ]

    operations = [
        migrations.AddField(
            model_name="inquiry",
            name="site",
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
    ]
