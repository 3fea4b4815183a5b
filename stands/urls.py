"""Addresses of the visitor's pages of an edition."""

from __future__ import annotations

from django.urls import path

from stands import inquiry_page, offline_pages, plan_page, saved_page, views

urlpatterns = [
    path("<edition:edition>/luring.js", offline_pages.offline_worker, name="offline_worker"),
    path("<edition:edition>/cari/", views.search_all, name="search_all"),
    path("<edition:edition>/stan/", views.stand_list, name="stand_list"),
    path("<edition:edition>/stan/<str:code>/", views.stand_detail, name="stand_detail"),
    path("<edition:edition>/denah/", plan_page.floor_plan, name="floor_plan"),
    path(
        "<edition:edition>/denah/dasar.svg",
        plan_page.floor_plan_ground,
        name="floor_plan_ground",
    ),
    path("<edition:edition>/produk/", views.product_list, name="product_list"),
    path(
        "<edition:edition>/produk/<slug:slug>/",
        views.product_detail,
        name="product_detail",
    ),
    path(
        "<edition:edition>/produk/<slug:slug>/sisa/",
        views.product_left,
        name="product_left",
    ),
    path("<edition:edition>/pesantren/", views.pesantren_list, name="pesantren_list"),
    path(
        "<edition:edition>/pesantren/<slug:slug>/",
        views.pesantren_detail,
        name="pesantren_detail",
    ),
    path("<edition:edition>/minat/", inquiry_page.inquiry, name="inquiry"),
    path(
        "<edition:edition>/minat/terima-kasih/",
        inquiry_page.inquiry_thanks,
        name="inquiry_thanks",
    ),
    path("<edition:edition>/simpanan/", saved_page.saved_list, name="saved_list"),
    path("<edition:edition>/simpanan/<str:code>/", saved_page.shared_list, name="shared_list"),
    path(
        "<edition:edition>/pembuat/<slug:slug>/",
        views.producer_detail,
        name="producer_detail",
    ),
]
