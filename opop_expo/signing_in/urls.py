"""Addresses of the login, of one's own account, and of what organisers do for others."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

from opop_expo import views
from opop_expo.signing_in import (
    account_page,
    confirming,
    desk_page,
    factor_page,
    link_page,
    login_page,
)

urlpatterns = [
    path("masuk/", login_page.sign_in, name="login"),
    path("masuk/kode/", login_page.sign_in_code, name="sign_in_code"),
    path("masuk/kode/pasang/", factor_page.factor_set_up, name="factor_set_up"),
    path("masuk/lupa/", link_page.forgot_password, name="forgot_password"),
    path("masuk/tautan/<str:token>/", link_page.password_link, name="password_link"),
    path("masuk/ulang/", confirming.confirm_password, name="confirm_password"),
    path("keluar/", login_page.sign_out, name="logout"),
    path("setelah-masuk/", views.after_login, name="after_login"),
    path("akun/", account_page.account, name="account"),
    path("akun/sandi/", account_page.own_password, name="own_password"),
    path("akun/keluar/", account_page.end_own_logins, name="end_own_logins"),
    path("akun/kode-pemulihan/", factor_page.new_recovery_codes, name="new_recovery_codes"),
    path("akun/tanpa-kode/", factor_page.factor_remove, name="factor_remove"),
    path("admin/akun/", admin.site.admin_view(desk_page.accounts), name="accounts"),
    path(
        "admin/akun/<int:user_id>/",
        admin.site.admin_view(desk_page.account_help),
        name="account_help",
    ),
]
