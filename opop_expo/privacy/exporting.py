"""What is kept of a person as a file for them: to read, and as JSON to take elsewhere."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from events.log import log_event
from events.models import Event
from opop_expo.privacy.finding import SECRET
from opop_expo.privacy.previewing import shown
from stands.file_names import named

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser
    from django.db import models

    from opop_expo.privacy.finding import Found
    from opop_expo.privacy.terms import Terms

NAME = "data-pribadi"
# What anybody may see, and by whose names a row is understood.
PUBLIC = {
    "pesantren.Pesantren",
    "pesantren.Producer",
    "pesantren.Product",
    "programme.Session",
    "stands.Expo",
    "stands.Stand",
}


def export_person(found: list[Found], terms: Terms, *, actor: AbstractBaseUser) -> HttpResponse:
    """A ZIP of both; the log says who handed it out and from which tables, never whose it is."""
    counts = Counter(one.row._meta.label for one in found)
    log_event(
        Event.Kind.PERSON_EXPORTED,
        str(sum(counts.values())),
        actor=actor,
        data={"counts": dict(sorted(counts.items()))},
    )
    records = [_record(one, terms) for one in found]
    made_at = timezone.now()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        content = {"made_at": made_at, "records": records}
        archive.writestr(
            f"{NAME}.json",
            json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2),
        )
        archive.writestr(
            f"{NAME}.html",
            render_to_string(
                "opop_expo/person_file.html", {"records": records, "made_at": made_at}
            ),
        )
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = named(f"{NAME}.zip")
    return response


def _about(row: models.Model) -> dict[str, str]:
    """What a row is about, by name: which session somebody registered for, which maker they asked.

    Who of the organisers wrote it, and what other people wrote, is not theirs.
    """
    return {
        one.name: str(getattr(row, one.name))
        for one in row._meta.concrete_fields
        if one.is_relation
        and one.related_model._meta.label in PUBLIC  # type: ignore[union-attr]  # a model by now
        and getattr(row, one.name) is not None
    }


def _record(found: Found, terms: Terms) -> dict[str, Any]:
    """A row of their own whole, without what is secret; of another what mentions them."""
    purpose = found.table.purpose
    # Of a group of values only what mentions them: the others may be somebody else's.
    fields = {one.name: shown(one, terms, longest=None) for one in found.said}
    if found.is_own:
        plain = {
            one.name: one.value_to_string(found.row)
            for one in found.row._meta.concrete_fields
            if one.name not in SECRET and not one.is_relation
        }
        fields = plain | _about(found.row) | fields
    return {
        "place": found.row._meta.label,
        "place_words": found.place,
        "key": str(found.row.pk),
        "fields": fields,
        "why": str(purpose.why),
        "basis": str(purpose.basis.value),
        "kept": str(purpose.kept),
        "seen_by": str(purpose.seen_by),
        "note": _("Baris ini menyebut Anda.") if not found.is_own else "",
    }
