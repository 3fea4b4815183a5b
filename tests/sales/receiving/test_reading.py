"""What is pasted or sent as an export is read whole, or told in words and stored nowhere."""

from __future__ import annotations

import random
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from sales.tablet.export_file import MAX_PACKED
from tests.exports import export_of, frames_of, sealed
from tests.sales.receiving.page import PATH, nothing_is_stored, save, text_of, upload

if TYPE_CHECKING:
    from django.test import Client

    from stands.models import Offer
    from tests.tablets import TestTablet

pytestmark = [pytest.mark.django_db, pytest.mark.shown_alike]


# --- QR codes -----------------------------------------------------------------------------------


def test_codes_may_be_pasted_in_any_order_and_twice(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    frames = frames_of(export_of(tablet, [tablet.sale({offer: 1})]), count=7)
    shuffled = [*frames, *frames[:3]]
    random.Random(4).shuffle(shuffled)
    preview = citra.post(PATH, {"frames": "\n".join(shuffled)})
    assert "Masuk buku 1" in text_of(save(citra, preview))


def test_text_of_the_file_may_be_pasted_too(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    text = sealed(export_of(tablet, [tablet.sale({offer: 1})])).decode()
    assert "Masuk buku 1" in text_of(save(citra, citra.post(PATH, {"frames": f"  {text}\n"})))


def test_missing_codes_are_named(citra: Client, tablet: TestTablet, offer: Offer) -> None:
    frames = frames_of(export_of(tablet, [tablet.sale({offer: 1})]), count=5)
    response = citra.post(PATH, {"frames": "\n".join([frames[0], frames[2], frames[4]])})
    assert response.status_code == 422
    assert "dari 5 kode masih kurang nomor 2, 4." in response.text
    assert frames[2] in response.text


def test_codes_of_two_exports_are_not_mixed(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    first = frames_of(export_of(tablet, [tablet.sale({offer: 1})]))
    second = frames_of(export_of(tablet, [tablet.sale({offer: 2})]))
    response = citra.post(PATH, {"frames": "\n".join([first[0], second[1], first[2]])})
    assert response.status_code == 422
    assert "dua ekspor yang berbeda" in response.text


def changed(frames: list[str]) -> list[str]:
    last = frames[-1][-1]
    return [*frames[:-1], frames[-1][:-1] + ("A" if last != "A" else "B")]


def twice_and_different(frames: list[str]) -> list[str]:
    return [*frames, f"{frames[0]}A"]


def beyond_the_count(frames: list[str]) -> list[str]:
    head, name, _index, count, part = frames[0].split(".")
    return [*frames, ".".join([head, name, "9", count, part])]


@pytest.mark.parametrize("spoil", [changed, twice_and_different, beyond_the_count])
def test_spoilt_codes_are_told(citra: Client, tablet: TestTablet, offer: Offer, spoil: Any) -> None:
    frames = frames_of(export_of(tablet, [tablet.sale({offer: 1})]))
    response = citra.post(PATH, {"frames": "\n".join(spoil(frames))})
    assert response.status_code == 422
    assert "Ada kode yang rusak" in response.text


# --- hostile and mistaken -----------------------------------------------------------------------


def bomb() -> dict[str, str]:
    """A hundred megabytes of blanks in a hundred kilobytes."""
    return {"frames": "\n".join(frames_of(b"{" + b" " * 100_000_000, count=40))}


NO_EXPORT = [
    (b"", "kosong"),
    (b"\x89PNG\r\n\x1a\n", "bukan berkas ekspor"),
    (b"nomor;total\n1;2\n", "bukan berkas ekspor"),
    (b"[]", "bukan berkas ekspor"),
    (b"null", "bukan berkas ekspor"),
    (b'{"format": "opop-till-1"}', "bukan berkas ekspor"),
    (b"[" * 1_000_000, "bukan berkas ekspor"),
    (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "bukan berkas ekspor"),
    (b'{"sent_at": NaN}', "bukan berkas ekspor"),
    (b'{"sent_at": ' + b"9" * 5_000 + b"}", "bukan berkas ekspor"),
    (b"{}" + b" " * 5 * 1024 * 1024, "paling besar 5 MB"),
    (b"x" * 10_000_000, "paling besar 5 MB"),
]


# The same behind a seal that fits.
NO_EXPORT += [(sealed(one), words) for one, words in NO_EXPORT if one.endswith(b"}")]


@pytest.mark.parametrize(("content", "words"), NO_EXPORT)
def test_what_is_no_export_is_told_in_words(citra: Client, content: bytes, words: str) -> None:
    response = upload(citra, content)
    assert response.status_code == 422
    assert words in response.text
    assert nothing_is_stored()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": "opop-till-2"}, "bukan berkas ekspor"),
        ({"format": None}, "bukan berkas ekspor"),
        ({"sales": {}}, "bukan berkas ekspor"),
        ({"sales": []}, "sudah mengirim semua"),
        ({"sales": [0] * 5_001}, "paling banyak 5.000"),
        ({"storage_id": "x"}, "bukan berkas ekspor"),
        ({"sent_at": "2026-11-25"}, "bukan berkas ekspor"),
        ({"clock_offset_ms": 1.5}, "bukan berkas ekspor"),
        ({"clock_offset_ms": True}, "bukan berkas ekspor"),
        ({"clock_offset_ms": 10**30}, "bukan berkas ekspor"),
        ({"edition": 2026}, "bukan berkas ekspor"),
        ({"edition": "2031-lain"}, "dari edisi 2031-lain, yang tidak ada"),
        ({"tills": [1]}, "bukan berkas ekspor"),
        ({"tills": {"A12-A": {"last": -1, "unsent": 0}}}, "bukan berkas ekspor"),
    ],
)
def test_envelope_of_another_form_is_told_in_words(
    citra: Client, tablet: TestTablet, offer: Offer, change: dict[str, Any], words: str
) -> None:
    response = upload(citra, export_of(tablet, [tablet.sale({offer: 1})]) | change)
    assert response.status_code == 422
    assert words in response.text
    assert nothing_is_stored()


def dearer(file: bytes) -> bytes:
    return file.replace(b'"amount_rupiah": 25000', b'"amount_rupiah": 26000')


def of_another_till(file: bytes) -> bytes:
    return file.replace(b"A12-A-0001", b"A12-A-0009")


def cut_off(file: bytes) -> bytes:
    return file[:-100]


def without_seal(file: bytes) -> bytes:
    return file[:-77] + b"}"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (dearer, "sudah berubah sejak ditulis tablet"),
        (of_another_till, "sudah berubah sejak ditulis tablet"),
        (cut_off, "berkasnya terpotong"),
        (without_seal, "berkasnya terpotong"),
    ],
)
def test_file_that_is_not_as_the_tablet_wrote_it_is_refused(
    citra: Client, tablet: TestTablet, offer: Offer, spoil: Any, words: str
) -> None:
    file = sealed(export_of(tablet, [tablet.sale({offer: 1})]))
    assert upload(citra, file).status_code == 200
    spoilt = spoil(file)
    assert spoilt != file
    response = upload(citra, spoilt)
    assert response.status_code == 422
    assert words in response.text
    assert nothing_is_stored()


def test_what_was_changed_between_preview_and_saving_is_refused(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    spoilt = dearer(sealed(export_of(tablet, [tablet.sale({offer: 1})])))
    packed = "".join(frame.rsplit(".", 1)[1] for frame in frames_of(spoilt))
    response = citra.post(f"{PATH}simpan/", {"packed": packed})
    assert response.status_code == 422
    assert "sudah berubah" in response.text
    assert nothing_is_stored()


@pytest.mark.parametrize(
    "change",
    [
        {"lines": [{"offer_id": 1, "quantity": 1, "unit_price_rupiah": 1}] * 5_000},
        {"payments": [{"method": "cash", "amount_rupiah": 1}] * 5_000},
        {"note": "\ud800"},
        {"note": "a\x00b"},
        {"number": 7},
        {"number": "A" * 5_000},
        {"uuid": ["x"]},
        {"cashier_id": 2**70},
        {"device_at": "0001-01-01T00:00:00+00:00"},
        {"clock_offset_ms": 2**53 - 1},
        {"lines": [{"offer_id": 2**53 - 1, "quantity": 9_999, "unit_price_rupiah": 2**53 - 1}]},
        {"kind": "reversal", "original_id": 5},
    ],
)
def test_forged_sale_is_shown_with_its_fault_and_never_stored(
    citra: Client, tablet: TestTablet, offer: Offer, change: dict[str, Any]
) -> None:
    export = export_of(tablet, [tablet.sale({offer: 1}) | change])
    preview = upload(citra, export)
    assert preview.status_code == 200
    assert "Tidak bisa diterima 1" in text_of(preview)
    response = save(citra, preview)
    assert response.status_code == 200
    assert "Ditolak, tetap di tablet 1" in text_of(response)
    assert nothing_is_stored()


def test_number_in_an_export_is_shown_as_text(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    sold = tablet.sale({offer: 1}) | {"number": "<script>1</script>"}
    assert "<script>1" not in upload(citra, export_of(tablet, [sold])).text


def test_deflated_bomb_is_not_inflated(citra: Client) -> None:
    response = citra.post(PATH, bomb())
    assert response.status_code == 422
    assert "paling besar 5 MB" in response.text


def test_cut_off_and_trailing_data_are_told(
    citra: Client, tablet: TestTablet, offer: Offer
) -> None:
    export = export_of(tablet, [tablet.sale({offer: 1})])
    packed = "".join(frame.rsplit(".", 1)[1] for frame in frames_of(export))
    for spoilt in (packed[:-8], f"{packed}AAAA", "é", "", "!!!!", "A"):
        response = citra.post(f"{PATH}simpan/", {"packed": spoilt})
        assert response.status_code == 422
        assert "Ada kode yang rusak" in response.text
    assert nothing_is_stored()


def test_more_than_a_form_may_carry_is_told(citra: Client, tablet: TestTablet) -> None:
    noise = random.Random(1).randbytes(1_000_000).hex()
    assert len(zlib.compress(noise.encode())) > MAX_PACKED
    response = upload(citra, export_of(tablet, [noise]))
    assert response.status_code == 422
    assert "terlalu banyak untuk sekali terima" in response.text


def test_text_beyond_a_form_is_answered_in_words(citra: Client) -> None:
    response = citra.post(PATH, {"frames": "x" * 2_000_000})
    assert response.status_code == 400
    assert "tidak terbaca" in response.text


def test_nothing_chosen_is_told(citra: Client) -> None:
    response = citra.post(PATH, {})
    assert response.status_code == 422
    assert "Pilih berkasnya, pindai kodenya, atau tempel teksnya." in response.text
