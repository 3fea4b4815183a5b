"""The curation as a state in place of a mark: draft, proposed, curated, withdrawn."""

from django.db import migrations, models


def take_over_marks(apps, schema_editor):
    """What had passed has passed; all else was put forward and not judged."""
    products = apps.get_model("pesantren", "Product").objects.all()
    products.filter(curated=True).update(state="curated")
    products.filter(curated=False).update(state="proposed")


def give_back_marks(apps, schema_editor):
    """A mark knows only whether it has passed."""
    products = apps.get_model("pesantren", "Product").objects.all()
    products.filter(state="curated").update(curated=True)


class Migration(migrations.Migration):
    dependencies = [("pesantren", "0001_makers")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "Draf"),
                    ("proposed", "Diusulkan"),
                    ("curated", "Lolos kurasi"),
                    ("withdrawn", "Ditarik"),
                ],
                default="draft",
                max_length=9,
                verbose_name="kurasi",
            ),
        ),
        migrations.RunPython(take_over_marks, give_back_marks),
        migrations.RemoveField(model_name="product", name="curated"),
    ]
