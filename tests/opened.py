"""Forms as a browser has them open: what it would send if nobody typed anything."""

from __future__ import annotations

from typing import Any

from django import forms


def as_sent(form: forms.BaseForm) -> dict[str, Any]:
    """What a browser sends of one form, by the names that its fields have there."""
    sent: dict[str, Any] = {}
    for name, field in form.fields.items():
        value, key = form[name].value(), form.add_prefix(name)
        if isinstance(field, forms.FileField) or value is None:
            continue
        if isinstance(field, forms.BooleanField):
            sent |= {key: "on"} if value else {}
        elif isinstance(value, (list, tuple)):
            sent[key] = [str(one) for one in value]
        elif isinstance(field.widget, forms.widgets.ChoiceWidget):
            sent[key] = str(value)
        else:
            sent[key] = field.widget.format_value(value) or ""
    return sent


def opened(response: Any) -> dict[str, Any]:
    """What a browser would send of the form on a page: of the admin, or an organisers' own."""
    context = response.context
    if "adminform" not in context:
        sent = as_sent(context["form"])
        for row in context.get("rows") or []:
            sent |= as_sent(row)
        return sent
    sent = as_sent(context["adminform"].form)
    for inline in context["inline_admin_formsets"]:
        for form in (inline.formset.management_form, *inline.formset.forms):
            sent |= as_sent(form)
    return sent
