"""Addresses of whoever takes part: registration, ticket, certificate."""

from __future__ import annotations

from django.urls import path

from programme import certificate_page, registration_page, ticket_page

SESSION = "<edition:edition>/jadwal/<slug:slug>/"

urlpatterns = [
    path(
        f"{SESSION}daftar/",
        registration_page.session_registration,
        name="session_registration",
    ),
    path(
        f"{SESSION}daftar/usaha/",
        registration_page.session_producers,
        name="session_producers",
    ),
    path(f"{SESSION}tempat/", registration_page.session_seats, name="session_seats"),
    path("tiket/<str:code>/", ticket_page.ticket, name="ticket"),
    path("tiket/<str:code>/batal/", ticket_page.ticket_call_off, name="ticket_call_off"),
    path("tiket/<str:code>/hapus/", ticket_page.ticket_forget, name="ticket_forget"),
    path(
        "tiket/<str:code>/sertifikat.pdf",
        ticket_page.ticket_certificate,
        name="ticket_certificate",
    ),
    path("sertifikat/", certificate_page.certificate_check, name="certificate_check"),
    path("sertifikat/<str:code>/", certificate_page.certificate, name="certificate"),
]
