"""The forms of a partnership: what it is, who agreed, and its document."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from outcomes.agreeing import NEXT, PartyGiven
from outcomes.claim_forms import words
from outcomes.countries import country_choices
from outcomes.fields import OutcomeForm, RupiahField, SeenForm, SourcesField, date_field
from outcomes.models import Agreement
from pesantren.models import Pesantren, Producer
from pesantren.money import rupiah
from pesantren.typed_numbers import CountField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.models import AgreementParty

# Rows for parties that are not there yet.
EMPTY_ROWS = 2
# As many pesantren as sign together.
MOST_PARTIES = 100


class AgreementForm(SeenForm):
    """A partnership, from interest to contract."""

    more_seen: ClassVar[dict[str, Any]] = {"parties_told": gettext_lazy("Pihak")}

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Jenis"), choices=Agreement.Kind.choices, widget=forms.RadioSelect
    )
    state = forms.ChoiceField(label=gettext_lazy("Keadaan"), widget=forms.RadioSelect)
    name = forms.CharField(
        label=gettext_lazy("Mitra"),
        max_length=160,
        help_text=gettext_lazy("Perusahaan, lembaga, atau negara, seperti dikenal orang."),
    )
    name_en = words(gettext_lazy("Mitra (Inggris, bila lain)"), most=160)
    printed_name = words(gettext_lazy("Tertulis di sumber, bila lain"), most=160)
    value_rupiah = RupiahField(
        label=gettext_lazy("Nilai (bila diketahui)"), least=1, required=False
    )
    signed_on = date_field(gettext_lazy("Tanggal diteken"))
    detail = words(gettext_lazy("Keterangan"), lines=3, most=2_000)
    detail_en = words(gettext_lazy("Keterangan (Inggris)"), lines=3, most=2_000)
    said_by = words(gettext_lazy("Menurut siapa"), most=200)
    said_on = date_field(gettext_lazy("Tanggal pernyataan"))
    sources = SourcesField(required=False)
    is_public = forms.BooleanField(
        label=gettext_lazy("Tampil di halaman hasil begitu terjalin"), required=False
    )
    order = CountField(
        label=gettext_lazy("Urutan"), min_value=0, max_value=999, initial=0, required=False
    )

    def __init__(self, *args: Any, agreement: Agreement | None = None, **kwargs: Any) -> None:
        super().__init__(*args, row=agreement, **kwargs)
        state = self.fields["state"]
        assert isinstance(state, forms.ChoiceField)  # noqa: S101, for the type alone
        self.initial.setdefault("key", uuid.uuid4())
        if agreement is None:
            state.choices = Agreement.State.choices
            self.initial.setdefault("state", Agreement.State.INTEREST)
            self.initial.setdefault("kind", Agreement.Kind.B2B)
            return
        self._offer_states(agreement)
        self.show(agreement)

    def complain(self, row: Any) -> None:
        super().complain(row)
        # Moved on between the look and the lock, it can become something else than was offered.
        self._offer_states(row)

    def _offer_states(self, agreement: Agreement) -> None:
        now = Agreement.State(agreement.state)
        stays = _("tetap: %(state)s") % {"state": now.label}
        follow = [(one.value, one.label) for one in NEXT[now]]
        cast("forms.ChoiceField", self.fields["state"]).choices = [(now.value, stays), *follow]

    def shown(self, row: Agreement) -> dict[str, Any]:
        return super().shown(row) | {"value_rupiah": rupiah(row.value_rupiah)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("sources") and not cleaned.get("said_by"):
            self.add_error("said_by", _("Tulis menurut siapa."))
        # Those beyond would be taken away without a word.
        if f"pihak-{MOST_PARTIES}-company" in self.data:
            self.add_error(None, _("Paling banyak %(most)s pihak.") % {"most": MOST_PARTIES})
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, but for what the form itself needs."""
        names = (name for name in self.cleaned_data if name not in ("key", "seen"))
        values = {name: self.cleaned_data[name] for name in names}
        return values | {"order": values["order"] or 0}


class PartyForm(OutcomeForm):
    """One of those who agreed; empty where nobody is named."""

    producer = forms.ModelChoiceField(
        label=gettext_lazy("Pelaku usaha"), queryset=Producer.objects.none(), required=False
    )
    pesantren = forms.ModelChoiceField(
        label=gettext_lazy("atau pesantren"), queryset=Pesantren.objects.none(), required=False
    )
    company = words(gettext_lazy("atau perusahaan, lembaga"), most=160)
    country = forms.ChoiceField(label=gettext_lazy("Negara"), required=False)
    signatory = words(
        gettext_lazy("Penanda tangan"), most=200, help_text=gettext_lazy("Nama dan jabatan.")
    )

    def __init__(self, *args: Any, choices: PartyChoices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        producer, pesantren = self.fields["producer"], self.fields["pesantren"]
        country = self.fields["country"]
        assert isinstance(producer, forms.ModelChoiceField)  # noqa: S101, for the type alone
        assert isinstance(pesantren, forms.ModelChoiceField)  # noqa: S101, as above
        assert isinstance(country, forms.ChoiceField)  # noqa: S101, as above
        producer.queryset = Producer.objects.all()
        pesantren.queryset = Pesantren.objects.all()
        # The same lists for every row, read once.
        producer.choices, pesantren.choices = choices.producers, choices.pesantren
        country.choices = choices.countries

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        named = [bool(cleaned.get(name)) for name in ("producer", "pesantren", "company")]
        if sum(named) > 1:
            self.add_error("company", _("Satu pihak satu baris: pilih salah satu."))
        elif cleaned.get("signatory") and not any(named) and not cleaned.get("country"):
            self.add_error("company", _("Siapa pihaknya?"))
        return cleaned

    @property
    def given(self) -> PartyGiven | None:
        """The party; None where the row is empty."""
        cleaned = self.cleaned_data
        if not any(cleaned.values()):
            return None
        return PartyGiven(**cleaned)


class PartyChoices:
    """What every row of parties chooses from."""

    def __init__(self) -> None:
        none = [("", "–")]
        self.producers = none + [(one.pk, str(one)) for one in Producer.objects.order_by("name")]
        self.pesantren = none + [(one.pk, str(one)) for one in Pesantren.objects.order_by("name")]
        self.countries = none + country_choices()


def party_forms(
    data: Any, parties: Iterable[AgreementParty] = (), given: Iterable[PartyGiven] = ()
) -> list[PartyForm]:
    """A row for each party and some empty ones; bound, as many as were sent."""
    choices = PartyChoices()
    names = ("producer", "pesantren", "company", "country", "signatory")
    if data:
        sent = 0
        while sent < MOST_PARTIES and f"pihak-{sent}-company" in data:
            sent += 1
        return [PartyForm(data, prefix=f"pihak-{n}", choices=choices) for n in range(sent)]
    rows: list[dict[str, Any]] = [
        {name: getattr(one, name) for name in names} for one in (*parties, *given)
    ]
    rows += [{} for _row in range(EMPTY_ROWS)]
    return [
        PartyForm(prefix=f"pihak-{n}", choices=choices, initial=row) for n, row in enumerate(rows)
    ]


class DocumentForm(OutcomeForm):
    """The PDF that a partnership was signed in."""

    document = forms.FileField(
        label=gettext_lazy("Dokumen (PDF, paling besar 10 MB)"),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={"required": gettext_lazy("Pilih berkasnya dulu.")},
    )
