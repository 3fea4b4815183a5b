"""The address of the public e-receipt."""

from __future__ import annotations

from django.urls import path, register_converter

from sales.e_receipt import e_receipt


class ReceiptTokenConverter:
    """128 random bits in base64url, as the tablet makes them; anything else is no address."""

    regex = r"[A-Za-z0-9_-]{22}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ReceiptTokenConverter, "receipt_token")

urlpatterns = [path("<receipt_token:token>/", e_receipt, name="e_receipt")]
