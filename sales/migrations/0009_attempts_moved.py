"""The tries that a throttle counts lie in events now; none is old enough to be carried over."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0008_settlements"),
    ]

    operations = [
        migrations.DeleteModel(
            name="FailedTry",
        ),
    ]
