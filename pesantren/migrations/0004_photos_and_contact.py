"""Sizes and texts of photos, further photos, portraits and WhatsApp numbers of makers."""

import django.db.models.deletion
from django.db import migrations, models

import pesantren.whatsapp


class Migration(migrations.Migration):
    dependencies = [
        ("pesantren", "0003_inquiry_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="Photo",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("photo", models.ImageField(upload_to="photos/", verbose_name="foto")),
                (
                    "photo_alt",
                    models.CharField(
                        blank=True,
                        help_text="Apa yang terlihat, untuk orang yang tidak bisa melihatnya: “Keripik tempe di piring bambu”. Boleh kosong: dipakai namanya.",
                        max_length=160,
                        verbose_name="isi foto",
                    ),
                ),
                (
                    "photo_alt_en",
                    models.CharField(blank=True, max_length=160, verbose_name="isi foto (Inggris)"),
                ),
                ("photo_made_for", models.CharField(blank=True, editable=False, max_length=100)),
                ("photo_width", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("photo_height", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("order", models.PositiveSmallIntegerField(default=0, verbose_name="urutan")),
            ],
            options={
                "verbose_name": "foto",
                "verbose_name_plural": "foto",
                "ordering": ["order", "pk"],
            },
        ),
        migrations.AddField(
            model_name="producer",
            name="about",
            field=models.TextField(blank=True, verbose_name="tentang"),
        ),
        migrations.AddField(
            model_name="producer",
            name="about_en",
            field=models.TextField(blank=True, verbose_name="tentang (Inggris)"),
        ),
        migrations.AddField(
            model_name="producer",
            name="whatsapp",
            field=models.CharField(
                blank=True,
                max_length=16,
                validators=[pesantren.whatsapp.check_number],
                verbose_name="nomor WhatsApp",
            ),
        ),
        migrations.AddField(
            model_name="producer",
            name="whatsapp_allowed",
            field=models.BooleanField(
                default=False,
                help_text="Centang hanya kalau pemilik nomor sudah setuju.",
                verbose_name="nomor ini boleh dilihat pengunjung",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="photo_alt",
            field=models.CharField(
                blank=True,
                help_text="Apa yang terlihat, untuk orang yang tidak bisa melihatnya: “Keripik tempe di piring bambu”. Boleh kosong: dipakai namanya.",
                max_length=160,
                verbose_name="isi foto",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="photo_alt_en",
            field=models.CharField(blank=True, max_length=160, verbose_name="isi foto (Inggris)"),
        ),
        migrations.AddField(
            model_name="product",
            name="photo_height",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="product",
            name="photo_made_for",
            field=models.CharField(blank=True, editable=False, max_length=100),
        ),
        migrations.AddField(
            model_name="product",
            name="photo_width",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddConstraint(
            model_name="producer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("whatsapp", ""), ("whatsapp__startswith", "628"), _connector="OR"
                ),
                name="producer_whatsapp_is_indonesian",
                violation_error_message="Nomor WhatsApp disimpan dengan awalan 628.",
            ),
        ),
        migrations.AddConstraint(
            model_name="producer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("whatsapp_allowed", False),
                    models.Q(("whatsapp", ""), _negated=True),
                    _connector="OR",
                ),
                name="producer_whatsapp_allowed_has_number",
                violation_error_message="Isi nomor WhatsApp dulu, atau hapus centang persetujuannya.",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="pesantren",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photos",
                to="pesantren.pesantren",
                verbose_name="pesantren",
            ),
        ),
        migrations.AddField(
            model_name="photo",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="photos",
                to="pesantren.product",
                verbose_name="produk",
            ),
        ),
        migrations.AddConstraint(
            model_name="photo",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("pesantren__isnull", True), ("product__isnull", False)),
                    models.Q(("pesantren__isnull", False), ("product__isnull", True)),
                    _connector="OR",
                ),
                name="photo_of_product_or_pesantren",
                violation_error_message="Foto milik satu produk atau satu pesantren.",
            ),
        ),
    ]
