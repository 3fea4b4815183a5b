"""Inquiries of buyers, what was answered, and the mails that they owe."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pesantren", "0003_inquiry_email"),
        ("stands", "0003_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Inquiry",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="nama")),
                (
                    "organisation",
                    models.CharField(blank=True, max_length=120, verbose_name="usaha atau lembaga"),
                ),
                (
                    "contact",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="e-mail atau nomor WhatsApp"
                    ),
                ),
                ("message", models.TextField(blank=True, max_length=1000, verbose_name="pesan")),
                ("language", models.CharField(default="id", max_length=5, verbose_name="bahasa")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("interest", "Minat baru"),
                            ("talk", "Dibicarakan"),
                            ("closed", "Selesai"),
                            ("declined", "Tidak lanjut"),
                        ],
                        default="interest",
                        max_length=8,
                        verbose_name="keadaan",
                    ),
                ),
                (
                    "received_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="diterima"
                    ),
                ),
                (
                    "touched_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now,
                        editable=False,
                        verbose_name="terakhir diurus",
                    ),
                ),
                (
                    "anonymised_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="data diri dihapus"
                    ),
                ),
                (
                    "expo",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="stands.expo",
                        verbose_name="edisi",
                    ),
                ),
                (
                    "pesantren",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="pesantren.pesantren",
                        verbose_name="pesantren",
                    ),
                ),
                (
                    "producer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="pesantren.producer",
                        verbose_name="pelaku usaha",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="pesantren.product",
                        verbose_name="produk",
                    ),
                ),
                (
                    "stand",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inquiries",
                        to="stands.stand",
                        verbose_name="stan",
                    ),
                ),
            ],
            options={
                "verbose_name": "minat kerja sama",
                "verbose_name_plural": "minat kerja sama",
                "ordering": ["-received_at"],
            },
        ),
        migrations.CreateModel(
            name="InquiryAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="waktu"),
                ),
                ("text", models.TextField(blank=True, verbose_name="jawaban atau catatan")),
                (
                    "is_mail",
                    models.BooleanField(default=False, verbose_name="dikirim sebagai e-mail"),
                ),
                (
                    "state_before",
                    models.CharField(
                        choices=[
                            ("interest", "Minat baru"),
                            ("talk", "Dibicarakan"),
                            ("closed", "Selesai"),
                            ("declined", "Tidak lanjut"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "state_after",
                    models.CharField(
                        choices=[
                            ("interest", "Minat baru"),
                            ("talk", "Dibicarakan"),
                            ("closed", "Selesai"),
                            ("declined", "Tidak lanjut"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="stands.inquiry",
                    ),
                ),
            ],
            options={
                "verbose_name": "jawaban minat",
                "verbose_name_plural": "jawaban minat",
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="InquiryMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sent_at", models.DateTimeField(null=True, verbose_name="terkirim")),
                ("tried_at", models.DateTimeField(null=True, verbose_name="terakhir dicoba")),
                ("tries", models.PositiveSmallIntegerField(default=0, verbose_name="percobaan")),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="stands.inquiryanswer",
                    ),
                ),
                (
                    "inquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="stands.inquiry",
                    ),
                ),
                (
                    "producer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pesantren.producer",
                    ),
                ),
            ],
            options={
                "verbose_name": "surat minat",
                "verbose_name_plural": "surat minat",
            },
        ),
        migrations.AddIndex(
            model_name="inquiry",
            index=models.Index(fields=["expo", "state"], name="inquiry_expo_state"),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("pesantren", None),
                        ("producer", None),
                        ("product__isnull", False),
                        ("stand", None),
                    ),
                    models.Q(
                        ("pesantren", None),
                        ("producer", None),
                        ("product", None),
                        ("stand__isnull", False),
                    ),
                    models.Q(
                        ("pesantren", None),
                        ("producer__isnull", False),
                        ("product", None),
                        ("stand", None),
                    ),
                    models.Q(
                        ("pesantren__isnull", False),
                        ("producer", None),
                        ("product", None),
                        ("stand", None),
                    ),
                    _connector="OR",
                ),
                name="inquiry_about_one_thing",
                violation_error_message="Minat menyangkut satu hal saja.",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("anonymised_at__isnull", False),
                        ("name", ""),
                        ("organisation", ""),
                        ("contact", ""),
                        ("message", ""),
                    ),
                    models.Q(
                        ("anonymised_at", None),
                        models.Q(("name", ""), _negated=True),
                        models.Q(("contact", ""), _negated=True),
                        models.Q(("message", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="inquiry_says_who_until_anonymised",
                violation_error_message="Nama, kontak, dan pesan ada, atau semuanya dihapus.",
            ),
        ),
        migrations.AddIndex(
            model_name="inquirymail",
            index=models.Index(
                condition=models.Q(("sent_at", None)),
                fields=["tried_at"],
                name="inquiry_mail_unsent",
            ),
        ),
        migrations.AddConstraint(
            model_name="inquirymail",
            constraint=models.CheckConstraint(
                condition=models.Q(("producer", None), ("answer", None), _connector="OR"),
                name="inquiry_mail_one_recipient",
            ),
        ),
    ]
