"""What a product is called in English."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pesantren", "0004_photos_and_contact")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="name_en",
            field=models.CharField(blank=True, max_length=120, verbose_name="nama (Inggris)"),
        ),
    ]
