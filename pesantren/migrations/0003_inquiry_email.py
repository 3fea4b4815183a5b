"""Where a maker takes inquiries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pesantren", "0002_product_state"),
    ]

    operations = [
        migrations.AddField(
            model_name="producer",
            name="inquiry_email",
            field=models.EmailField(
                blank=True,
                help_text="Hanya bila pelaku usaha setuju menerima minat kerja sama di sini. Tidak ditampilkan kepada pengunjung.",
                max_length=254,
                verbose_name="e-mail untuk minat kerja sama",
            ),
        ),
    ]
