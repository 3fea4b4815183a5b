"""What a stranger says of where it comes from changes nothing; what a named proxy says counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from events.models import Attempt
from opop_expo.deployment.proxies import client_of, is_trusted, require_proxies

if TYPE_CHECKING:
    from pytest_django.fixtures import Settings

FORGED = {
    "X-Forwarded-For": "6.6.6.6",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "jahat.example",
    "X-Real-IP": "6.6.6.6",
    "Forwarded": "for=6.6.6.6;proto=https",
    "X-Request-ID": "forged-number",
}


def trust(settings: Settings, *proxies: str) -> None:
    settings.TRUSTED_PROXIES = require_proxies(proxies)
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxies else None


def throttled_as(client: Client, headers: dict[str, str]) -> str:
    """The address under which a wrong code is booked."""
    Attempt.objects.all().delete()
    assert client.get("/kasir/pasang/00000000/", headers=headers).status_code == 410
    return Attempt.objects.get().key


@pytest.mark.django_db
@pytest.mark.parametrize("proxies", [(), ("10.0.0.0/8", "unix")])
def test_forged_headers_change_nothing(settings: Settings, proxies: tuple[str, ...]) -> None:
    trust(settings, *proxies)
    settings.SECURE_SSL_REDIRECT = False
    assert throttled_as(Client(REMOTE_ADDR="203.0.113.7"), FORGED) == "203.0.113.7"
    settings.SECURE_SSL_REDIRECT = True
    response = Client(REMOTE_ADDR="203.0.113.7").get("/masuk/", headers=FORGED)
    assert (response.status_code, response["Location"]) == (301, "https://testserver/masuk/")
    assert response["X-Request-ID"] != "forged-number"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxy", "said", "address"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        ("10.0.0.1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("", "203.0.113.7", "203.0.113.7"),
    ],
)
def test_named_proxy_says_who_asks(settings: Settings, proxy: str, said: str, address: str) -> None:
    trust(settings, "10.0.0.0/8", "unix")
    settings.SECURE_SSL_REDIRECT = True
    front = Client(REMOTE_ADDR=proxy)
    headers = {"X-Forwarded-For": said, "X-Forwarded-Proto": "https"}
    assert throttled_as(front, headers) == address


def test_chain_of_our_own_proxies_ends_at_the_outermost() -> None:
    ours = ("10.0.0.0/8",)
    assert client_of("10.0.0.3, 10.0.0.2", ours) == "10.0.0.3"
    assert client_of("", ours) == ""
    assert not is_trusted("", ours)
    assert not is_trusted("?", ours)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ("proxy.example", "names 'proxy.example', which is no address"),
        ("10.0.0.1/8", "names '10.0.0.1/8', which is no address"),
        ("0.0.0.0/0", "trusts everybody"),
    ],
)
def test_proxies_are_addresses_and_not_everybody(named: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        require_proxies([named])
