"""The maker's WhatsApp on a page, where the maker allows it, the first words already written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pesantren.whatsapp import chat_address, shown_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pesantren.models import Producer, Product
    from stands.models import Expo, Stand


@dataclass(frozen=True)
class Contact:
    """One maker who may be written to."""

    maker: Producer
    number: str
    address: str


def contact_about(product: Product, *, stand: Stand | None, expo: Expo) -> Contact | None:
    """The maker of a product, asked about it; None where the maker has not agreed."""
    text = (
        _("Assalamu'alaikum, saya melihat %(product)s di stan %(stand)s, %(expo)s. Saya mau tanya:")
        if stand
        else _("Assalamu'alaikum, saya melihat %(product)s di %(expo)s. Saya mau tanya:")
    )
    names = {"product": product.name, "stand": stand.code if stand else "", "expo": expo.name}
    return _contact(product.producer, text % names)


def contacts_at(stand: Stand, makers: Iterable[Producer], expo: Expo) -> list[Contact]:
    """The makers at a stand who may be written to, each once."""
    text = _(
        "Assalamu'alaikum, saya melihat stan %(stand)s (%(name)s) di %(expo)s. Saya mau tanya:"
    )
    text %= {"stand": stand.code, "name": stand.name, "expo": expo.name}
    found = [_contact(maker, text) for maker in dict.fromkeys(makers)]
    return [one for one in found if one is not None]


def contacts_of(makers: Iterable[Producer], expo: Expo) -> list[Contact]:
    """Makers who may be written to, each asked about what it makes."""
    text = _("Assalamu'alaikum, saya melihat produk %(maker)s di %(expo)s. Saya mau tanya:")
    found = [
        _contact(maker, text % {"maker": maker.name, "expo": expo.name})
        for maker in dict.fromkeys(makers)
    ]
    return [one for one in found if one is not None]


def _contact(maker: Producer, text: str) -> Contact | None:
    number = maker.public_whatsapp
    if not number:
        return None
    return Contact(maker, shown_number(number), chat_address(number, f"{text} "))
