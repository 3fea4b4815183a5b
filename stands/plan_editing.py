"""Giving stands and features their places: by numbers, all at once, and never over somebody else.

Each row of the form says what its writer saw. A row that somebody changed meanwhile is not written
over unasked: nothing is saved, and the row says what stands there now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db import transaction
from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pesantren.typed_numbers import BalanceField
from stands.models import Expo, PlanFeature, Stand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.http import QueryDict

    from stands.plan import Plan

Thing = Stand | PlanFeature
SIDES = ("x", "y", "width", "height")
# No plan is larger; the columns of the database hold it.
MOST = 20_000


def place_of(thing: Thing) -> str:
    """Where a thing is, in one line that a form can carry: `20,90,80,60,0`."""
    return ",".join(
        str(value) for value in (thing.x, thing.y, thing.width, thing.height, thing.rotation)
    )


def _keep_on(plan: Plan, form: forms.BaseForm) -> None:
    """Refuse what would lie outside of the plan, beside the number that leads there."""
    expo, cleaned = plan.expo, form.cleaned_data
    for start, length, most, words in (
        ("x", "width", expo.plan_width, _("Keluar dari denah: lebarnya %(most)s.")),
        ("y", "height", expo.plan_height, _("Keluar dari denah: tingginya %(most)s.")),
    ):
        if {start, length} <= cleaned.keys() and cleaned[start] + cleaned[length] > most:
            form.add_error(start, words % {"most": most})


class SidesForm(forms.Form):
    """Where something lies on the plan, and how large it is."""

    x = BalanceField(label="x", min_value=0, max_value=MOST)
    y = BalanceField(label="y", min_value=0, max_value=MOST)
    width = BalanceField(label=gettext_lazy("lebar"), min_value=1, max_value=MOST)
    height = BalanceField(label=gettext_lazy("tinggi"), min_value=1, max_value=MOST)


class PlaceForm(SidesForm):
    """The place of one stand or feature."""

    rotation = BalanceField(label=gettext_lazy("putaran"), min_value=0, max_value=359)
    remove = forms.BooleanField(label=gettext_lazy("hapus"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(
        self, thing: Thing, plan: Plan, data: QueryDict | None = None, *, may: bool = True
    ) -> None:
        self.thing = thing
        self.plan = plan
        self.key = f"{'s' if isinstance(thing, Stand) else 'f'}{thing.pk}"
        names = (*SIDES, "rotation")
        initial = {name: getattr(thing, name) for name in names} | {"seen": place_of(thing)}
        # A row that the sender did not see, or may not change, is left as it is.
        sent = data if may and data is not None and f"{self.key}-seen" in data else None
        super().__init__(sent, prefix=self.key, initial=initial, label_suffix="")
        if isinstance(thing, Stand):
            del self.fields["remove"]
        else:
            del self.fields["rotation"]
        for name, field in self.fields.items():
            field.disabled = not may
            if name != "seen":
                field.widget.attrs["aria-label"] = f"{self.name} {field.label}"

    @property
    def name(self) -> str:
        """What the thing is called."""
        return self.thing.code if isinstance(self.thing, Stand) else self.thing.name_text

    @property
    def is_wanted(self) -> bool:
        """Whether its sender wants anything of it changed."""
        return self.is_bound and any(name != "seen" for name in self.changed_from_seen)

    @property
    def changed_from_seen(self) -> list[str]:
        """What is not as its sender saw it, whatever it is by now."""
        seen = self.data.get(f"{self.prefix}-seen", "").split(",")
        before = dict(zip((*SIDES, "rotation"), seen, strict=False))
        names = [name for name in before if name in self.fields]
        sent = {name: self.data.get(f"{self.prefix}-{name}", "").strip() for name in names}
        changed = [name for name in names if sent[name] != before[name]]
        return [*changed, *(["remove"] if self.data.get(f"{self.prefix}-remove") else [])]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # A turned stand may fit all the same; the page warns where it does not.
        if not cleaned.get("rotation"):
            _keep_on(self.plan, self)
        return cleaned

    def complain_of_change(self, now: Thing) -> None:
        """Say that somebody else has moved it, and let the next attempt replace that knowingly."""
        self.add_error(
            None,
            _(
                "Orang lain baru saja mengubahnya menjadi x %(x)s, y %(y)s, "
                "%(width)s × %(height)s. Simpan lagi kalau letak Anda yang benar."
            )
            % {name: getattr(now, name) for name in SIDES},
        )
        self.data = dict(self.data.items()) | {f"{self.prefix}-seen": place_of(now)}


class FeatureForm(SidesForm, forms.ModelForm):  # type: ignore[type-arg]  # takes none at run time
    """A new piece of the plan; left alone while no kind is chosen."""

    class Meta:
        model = PlanFeature
        fields = ["kind", "zone", "name", "name_en", *SIDES]

    def __init__(self, plan: Plan, data: QueryDict | None = None) -> None:
        self.plan = plan
        expo = plan.expo
        sent = data if data is not None and data.get("new-kind") else None
        initial = {
            "x": max(0, expo.plan_width // 2 - 40),
            "y": max(0, expo.plan_height // 2 - 30),
            "width": 80,
            "height": 60,
        }
        super().__init__(
            sent, prefix="new", initial=initial, instance=PlanFeature(expo=expo), label_suffix=""
        )
        self.fields["kind"].required = False
        taken = [one.zone_id for one in plan.features if one.zone_id]
        zones = self.fields["zone"]
        if isinstance(zones, forms.ModelChoiceField):
            zones.queryset = expo.zones.exclude(pk__in=taken)
        for name in SIDES:
            self.fields[name].label = capfirst(self.fields[name].label)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        _keep_on(self.plan, self)
        return cleaned


class Saved(NamedTuple):
    """What a save has done: how many things it placed, and those that somebody else had moved."""

    placed: int
    moved_meanwhile: list[PlaceForm]


def save_plan(
    expo: Expo, forms_sent: Iterable[PlaceForm], new: FeatureForm | None, *, actor: User
) -> Saved:
    """Write all that was changed, or nothing where somebody else changed any of it meanwhile.

    The forms are valid. Two organisers who save at once queue for the row of their edition.
    """
    wanted = [form for form in forms_sent if form.is_wanted]
    with transaction.atomic():
        _queue_for(expo)
        now = _as_they_are(form.thing for form in wanted)
        late = [form for form in wanted if not _is_as_seen(form, now.get(form.key))]
        for form in late:
            there = now.get(form.key)
            if there is None:
                form.add_error(None, _("Orang lain baru saja menghapusnya."))
            else:
                form.complain_of_change(there)
        if late:
            return Saved(0, late)
        for form in wanted:
            _write(form, now[form.key], actor)
        if new is not None and new.is_bound:
            _add(new, actor)
    return Saved(len(wanted) + bool(new is not None and new.is_bound), [])


def _queue_for(expo: Expo) -> None:
    Expo.objects.select_for_update().get(pk=expo.pk)


def _as_they_are(things: Iterable[Thing]) -> dict[str, Thing]:
    listed = list(things)
    stands = [one.pk for one in listed if isinstance(one, Stand)]
    features = [one.pk for one in listed if isinstance(one, PlanFeature)]
    found: dict[str, Thing] = {}
    found |= {f"s{one.pk}": one for one in Stand.objects.filter(pk__in=stands)}
    found |= {f"f{one.pk}": one for one in PlanFeature.objects.filter(pk__in=features)}
    return found


def _is_as_seen(form: PlaceForm, now: Thing | None) -> bool:
    return now is not None and place_of(now) == form.cleaned_data["seen"]


def _write(form: PlaceForm, thing: Thing, actor: User) -> None:
    if form.cleaned_data.get("remove"):
        _log(actor, thing, DELETION, "")
        thing.delete()
        return
    names = [name for name in (*SIDES, "rotation") if name in form.fields]
    for name in names:
        setattr(thing, name, form.cleaned_data[name])
    thing.save(update_fields=names)
    _log(actor, thing, CHANGE, [{"changed": {"fields": form.changed_from_seen}}])


def _add(form: FeatureForm, actor: User) -> None:
    feature = form.save(commit=False)
    last = feature.expo.plan_features.aggregate(last=Max("order"))["last"] or 0
    feature.order = last + 1
    feature.save()
    _log(actor, feature, ADDITION, [{"added": {}}])


def _log(actor: User, thing: Thing, flag: int, message: list[Any] | str) -> None:
    LogEntry.objects.log_actions(actor.pk, [thing], flag, message, single_object=True)
