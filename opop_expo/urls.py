"""Addresses of the portal. Public words are Indonesian; English pages lie under /en/."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path, register_converter
from django.views.static import serve

from opop_expo import home, offline_copy, outside_views, views
from opop_expo.closing_page import close_edition_page
from opop_expo.guarding.policy_reports import policy_report
from opop_expo.health import metrics_page, probes
from opop_expo.privacy import privacy_page
from outcomes import archive_page
from sales.work_list.pages import organiser_reversal
from stands.counting_views import pages_seen


class EditionConverter:
    """The slug of an edition. It starts with four digits, so it never meets another word."""

    regex = r"\d{4}[a-z0-9-]*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(EditionConverter, "edition")

handler404 = views.not_found
handler500 = views.server_error

urlpatterns = [
    path("favicon.ico", views.favicon, name="favicon"),
    path("apple-touch-icon.png", outside_views.touch_icon, name="touch_icon"),
    path("robots.txt", outside_views.robots, name="robots"),
    path("sitemap.xml", outside_views.sitemap, name="sitemap"),
    path("dilihat/", pages_seen, name="pages_seen"),
    path(settings.CSP_REPORT_PATH.lstrip("/"), policy_report, name="policy_report"),
    path("livez", probes.livez, name="livez"),
    path("metrics", metrics_page.metrics, name="metrics"),
    path("readyz", probes.readyz, name="readyz"),
    path("kasir/tablet/", include("sales.tablet.urls")),
    path("hitung/", include("programme.counter_urls")),
    path("hadir/", include("programme.check_in_urls")),
    *i18n_patterns(
        path("", home.home, name="home"),
        # What a full hall asks for stands first: of a hundred addresses each is tried in turn.
        path("<edition:edition>/", home.expo_home, name="expo_home"),
        path("", include("stands.urls")),
        path("manifest.webmanifest", outside_views.manifest, name="manifest"),
        path("", include("opop_expo.signing_in.urls")),
        path("kasir/", include("sales.urls")),
        path("peserta/", include("opop_expo.participants.urls")),
        path("nota/", include("sales.receipt_urls")),
        path("admin/sales/harian/", include("sales.totals.urls")),
        path("admin/sales/tablet/", include("sales.tablet.tablets_urls")),
        path("admin/sales/terima/", include("sales.tablet.receiving_urls")),
        path("admin/sales/periksa/", include("sales.work_list.urls")),
        path("admin/sales/tutup/", include("sales.closing.urls")),
        path("admin/sales/bank/", include("sales.bank.urls")),
        path("admin/sales/bukti/", include("sales.proof.urls")),
        path("admin/hasil/terbit/", include("outcomes.results_desk_urls")),
        path("admin/data-pribadi/", include("opop_expo.privacy.desk_urls")),
        path("admin/catatan/", include("opop_expo.event_log_urls")),
        path(
            "admin/edisi/<edition:edition>/tutup/",
            admin.site.admin_view(close_edition_page),
            name="close_edition",
        ),
        path("admin/dilihat/", include("opop_expo.seen_urls")),
        path("admin/kurasi/", include("stands.curation_urls")),
        path("admin/minat/", include("stands.inquiries_urls")),
        path("admin/hasil/", include("outcomes.organiser_urls")),
        path("admin/pengunjung/", include("outcomes.visitors_urls")),
        path("admin/peserta/", include("programme.participants_urls")),
        path("admin/kabar/", include("opop_expo.participants.desk_urls")),
        path("admin/denah/", include("stands.plan_editor_urls")),
        path("admin/impor/", include("opop_expo.imports.urls")),
        path("admin/sistem/", include("opop_expo.health.urls")),
        path("admin/edisi/", include("opop_expo.editions_urls")),
        path("admin/cetak/", include("opop_expo.print_urls")),
        path("admin/sales/voucher/", include("sales.vouchers.urls")),
        path(
            "admin/sales/sale/<uuid:sale_id>/batal/",
            admin.site.admin_view(organiser_reversal),
            name="organiser_reversal",
        ),
        path("admin/", admin.site.urls),
        path("<edition:edition>/luring.json", offline_copy.offline_bundle, name="offline_bundle"),
        path(
            "<edition:edition>/gambar/<slug:jenis>/<str:key>/<slug:digest>.jpg",
            outside_views.share_picture,
            name="share_picture",
        ),
        path("", include("programme.urls")),
        path("privasi/", privacy_page.privacy, name="privacy"),
        path("edisi/", archive_page.edition_list, name="edition_list"),
        path("edisi/angka.csv", archive_page.editions_csv, name="editions_csv"),
        path("", include("programme.participant_urls")),
        path("", include("outcomes.results_urls")),
        prefix_default_language=False,
    ),
    # Uploaded pictures while DEBUG is on; in production the proxy or the object store serves them.
    *static(
        settings.MEDIA_URL,
        view=login_not_required(serve),
        document_root=settings.MEDIA_ROOT,
    ),
]
