"""A number is read as people here write it, in every form that takes one, or asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import get_resolver

from pesantren.models import Category, Pesantren
from pesantren.typed_numbers import TypedNumberField
from stands.models import Expo, Stand
from tests.make import make_category, make_expo, make_pesantren, make_stand
from tests.stands.test_stand_admin import citra

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

__all__ = ["citra"]

pytestmark = pytest.mark.django_db

# Of others, and none of them asks for a number of something.
FOREIGN = ("django.", "django_otp.")


def of_admin() -> Iterator[tuple[str, type[forms.BaseForm]]]:
    """Every form of the admin, of rows, of lines within them and of lists, that saves anything."""
    request: Any = RequestFactory().get("/")
    request.user = User(is_staff=True, is_superuser=True)
    for model, desk in admin.site._registry.items():
        name, may_change = model._meta.label, desk.has_change_permission(request)
        if may_change or desk.has_add_permission(request):
            yield name, desk.get_form(request, change=may_change)
        if may_change and desk.list_editable:
            yield f"{name} (list)", desk.get_changelist_formset(request).form
        for line in desk.get_inline_instances(request):
            if line.has_add_permission(request, None) or line.has_change_permission(request):
                yield f"{name}: {line.model._meta.label}", line.get_formset(request).form


def of_pages() -> Iterator[tuple[str, type[forms.BaseForm]]]:
    """Every other form of the portal: all that a page could ask for is imported with its pages."""
    assert get_resolver().url_patterns
    desks = admin.site._registry.values()
    # What the admin makes of these is looked at above.
    bases = {desk.form for desk in desks} | {line.form for desk in desks for line in desk.inlines}
    waiting = list(forms.BaseForm.__subclasses__())
    for one in waiting:
        waiting += one.__subclasses__()
        if one not in bases and not one.__module__.startswith((*FOREIGN, "tests.")):
            yield f"{one.__module__}.{one.__qualname__}", one


def number_fields() -> Iterator[tuple[str, forms.Field]]:
    for name, form in [*of_admin(), *of_pages()]:
        for field_name, field in getattr(form, "base_fields", {}).items():
            # Decimal and float fields are among them.
            if isinstance(field, forms.IntegerField):
                yield f"{name}.{field_name}", field


def test_every_number_of_a_form_is_one_that_reads_dots() -> None:
    found = dict(number_fields())
    others = [name for name, field in found.items() if not isinstance(field, TypedNumberField)]
    assert others == []
    # A browser's own field for numbers makes 1,2 of 1.200 before it is sent, or sends nothing.
    assert [
        name for name, field in found.items() if isinstance(field.widget, forms.NumberInput)
    ] == []
    assert {"stands.Expo.plan_width", "stands.Stand: stands.Offer.order"} <= found.keys()
    assert {"pesantren.Category (list).order", "outcomes.financing_forms.SchemeForm.order"} <= (
        found.keys()
    )


@pytest.mark.parametrize("typed", ["1.0", "1.00", "1,0", "1,200", "1.2000", "12.00", "1 200", "١٢"])
def test_no_number_of_a_form_is_taken_for_another(typed: str) -> None:
    for name, field in number_fields():
        with pytest.raises(ValidationError):
            pytest.fail(f"{name}: {typed} was read as {field.to_python(typed)}")


def sent(page: Any) -> dict[str, Any]:
    """A form of the admin as it came, with its lines left out."""
    fields = {}
    form = page.context["adminform"].form
    for field in form:
        value = field.value()
        if not isinstance(field.field, forms.FileField):
            fields[field.html_name] = "" if value is None or value is False else value
    for formset in page.context["inline_admin_formsets"]:
        for field in formset.formset.management_form:
            fields[field.html_name] = 0
    return fields


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("typed", "width"), [("1.000", 1_000), ("2000", 2_000), ("1,200", None), ("1.2", None)]
)
def test_size_of_the_plan_is_what_was_typed(
    client: Client, language: str, typed: str, width: int | None
) -> None:
    expo = make_expo()
    Expo.objects.update(plan_width=900)
    address = f"{'/en' if language == 'en' else ''}/admin/stands/expo/{expo.pk}/change/"
    client.cookies["django_language"] = language
    page = client.get(address)
    form = sent(page) | {"plan_width": typed}
    answer = client.post(address, form)
    if width is None:
        assert answer.context["adminform"].form.errors["plan_width"] == [
            "Write a whole number, such as 1200 or 1.200."
            if language == "en"
            else "Isi dengan angka bulat, misalnya 1200 atau 1.200."
        ]
    assert Expo.objects.get().plan_width == (width or 900)


def test_lists_and_places_are_read_so_too(client: Client) -> None:
    stand = make_stand(expo=make_expo())
    Expo.objects.update(plan_width=2_000)
    address = f"/admin/stands/stand/{stand.pk}/change/"
    client.post(address, sent(client.get(address)) | {"x": "1.200"})
    assert Stand.objects.get().x == 1_200

    category = make_category()
    listed = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": category.pk}
    client.post("/admin/pesantren/category/", listed | {"form-0-order": "1.000", "_save": "1"})
    assert Category.objects.get(pk=category.pk).order == 1_000

    pesantren = make_pesantren()
    Pesantren.objects.update(founded=1_912)
    address = f"/admin/pesantren/pesantren/{pesantren.pk}/change/"
    client.post(address, sent(client.get(address)) | {"founded": "1.0"})
    assert Pesantren.objects.get(pk=pesantren.pk).founded == 1_912
