"""Every setting of the portal, read from the environment.

`DEBUG=1` makes a development machine: a throw-away secret and an SQLite file under `var/`.
Without it the process is in production: a missing secret or host name stops the start.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import socket
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from opop_expo.deployment.caching import cache_settings
from opop_expo.deployment.proxies import require_proxies
from opop_expo.deployment.reading import Environment, require_strong
from opop_expo.deployment.storing import media_address, picture_sources, storage_settings
from opop_expo.health.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = Environment()

DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY: str = env.str("SECRET_KEY", default="development only" if DEBUG else "")
# Keys of before. What they signed still holds: visitors' saved lists, and logins. An old key stays
# here until the edition is over.
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
# Of its own, and not SECRET_KEY: that one may be changed at any time, while under another key no
# printed voucher can be spent.
VOUCHER_KEY: str = env.str("VOUCHER_KEY", default="development only, vouchers" if DEBUG else "")
if not DEBUG:
    require_strong(
        {"SECRET_KEY": SECRET_KEY, "VOUCHER_KEY": VOUCHER_KEY}, before=SECRET_KEY_FALLBACKS
    )
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"] if DEBUG else []
)
if not DEBUG and not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS is missing; it is the name of the portal, such as expo.example."
    )
# Where the portal lies for the world: canonical addresses, shared pictures and the sitemap begin
# with it, and never with the Host of a request, which anybody may write. Unset, it is the first of
# ALLOWED_HOSTS over HTTPS; on a development machine each page takes the host it was asked for.
PUBLIC_ORIGIN: str = env.str("PUBLIC_ORIGIN", default="").rstrip("/")
if not PUBLIC_ORIGIN and not DEBUG:
    if ALLOWED_HOSTS[0].startswith((".", "*")):
        raise ImproperlyConfigured(
            "Set PUBLIC_ORIGIN to the portal's public address, such as https://expo.example: "
            "ALLOWED_HOSTS begins with a pattern and names no address."
        )
    PUBLIC_ORIGIN = f"https://{ALLOWED_HOSTS[0]}"
if PUBLIC_ORIGIN and not re.fullmatch(r"https?://[^/?#\s]+", PUBLIC_ORIGIN):
    raise ImproperlyConfigured(
        "PUBLIC_ORIGIN is a scheme and a host and nothing more, such as https://expo.example."
    )
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "opop_expo.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "opop_expo",
    "opop_expo.signing_in",
    "events",
    "pesantren",
    "stands",
    "sales",
    "programme",
    "outcomes",
]

MIDDLEWARE = [
    "opop_expo.deployment.proxies.TrustedProxyMiddleware",
    "opop_expo.health.middleware.RequestMiddleware",
    "opop_expo.short_ways.PagesAtHandMiddleware",
    "opop_expo.guarding.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "opop_expo.short_ways.StraightMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "opop_expo.middleware.UnreadableAddressMiddleware",
    "opop_expo.middleware.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "opop_expo.middleware.LoginByDefaultMiddleware",
    "opop_expo.middleware.UnpublishedEditionMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "opop_expo.middleware.HtmxLoginMiddleware",
    "opop_expo.middleware.ClosedEditionMiddleware",
]
# Whoever tries the portal sees its own 404 page; TECHNICAL_404=1 brings Django's back.
if DEBUG and not env.bool("TECHNICAL_404", default=False):
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.middleware.common.CommonMiddleware"),
        "opop_expo.middleware.PlainNotFoundMiddleware",
    )

ROOT_URLCONF = "opop_expo.urls"
WSGI_APPLICATION = "opop_expo.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["opop_expo.templatetags.rupiah"],
        },
    },
]

# --- database -----------------------------------------------------------------------------------

# One hall runs on SQLite: readers never wait in WAL mode, FULL means that a sale whose recording
# was answered survives a power cut, and IMMEDIATE takes the write lock at the start, so that two
# tills queue for it instead of failing half way. recursive_triggers lets the delete triggers of the
# ledger see a REPLACE as well.
SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON;"
    ),
}

# How long anything waits for PostgreSQL (docs/decisions/0041). A machine that is gone says nothing:
# the line is given up when nothing was confirmed for 3 s, from either end, so that neither a thread
# here nor the lock of a node that is gone there waits for the hours that TCP would.
POSTGRES_LINE: dict[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 3000,
}
POSTGRES_SESSION: dict[str, str] = {
    # Compiling a statement takes longer than any of ours runs, and so does planning one anew that
    # was prepared (sales.prepared): each finds its rows by key, whatever the values are.
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    # Whoever waits for a row or a table longer than this is told to come again, and a migration
    # that cannot have its table gives up before the whole hall has queued behind it.
    "lock_timeout": f"{env.int('DATABASE_LOCK_TIMEOUT_MS', default=2000)}ms",
    # In web processes alone: wsgi.py.
    "statement_timeout": f"{env.int('DATABASE_STATEMENT_TIMEOUT_SECONDS', default=0)}s",
    "idle_in_transaction_session_timeout": "60s",
    "tcp_keepalives_idle": "3",
    "tcp_keepalives_interval": "1",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "3000",
}

# What a sale is dated by is the same on all nodes: the clock of PostgreSQL, not each node's own.
CLOCK_OF_DATABASE: bool = env.bool("CLOCK_OF_DATABASE", default=not DEBUG)

_default_url = f"sqlite:///{VAR_DIR / 'opop.sqlite3'}" if DEBUG else environ.Env.NOTSET
DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL", default=_default_url)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # A file and not memory: threads of a test then meet each other as processes would.
    DATABASES["default"]["TEST"] = {
        "NAME": env.str("SQLITE_TEST_PATH", default=str(VAR_DIR / "test.sqlite3"))
    }
else:
    # A connection stays with its thread. No pool: one that waits for a server to come back makes
    # every request wait with it, and the tablets ask again by themselves.
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=600)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})
    for name, value in POSTGRES_LINE.items():
        DATABASES["default"]["OPTIONS"].setdefault(name, value)
    # Only what asks for it is prepared. A pooler that cannot hand prepared statements on has to be
    # in session mode.
    DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 0)
    DATABASES["default"]["OPTIONS"].setdefault(
        "options", " ".join(f"-c {name}={value}" for name, value in POSTGRES_SESSION.items())
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- pages kept ready ---------------------------------------------------------------------------

# Each process keeps the pages asked for last, up to 2.000 of mostly some 10 KB and never more than
# 256 KB (stands.kept_pages): a full hall has more than a thousand products, in two languages, and
# with room for fewer each is made anew by the time that it is asked for again. Beside them cards of
# some 2 KB each, of which lists under new addresses are put together. CACHE_URL=redis://… lets all
# nodes share them. What is kept is kept under the catalogue version, so that nothing in it is ever
# out of date, wherever it lies.
CACHE_URL: str = env.str("CACHE_URL", default="")
CACHES = {
    "default": cache_settings(CACHE_URL, "pages", entries=2000),
    "cards": cache_settings(CACHE_URL, "cards", entries=8000),
}
# So long a process takes the version that it has read for the current one: a full hall then asks
# the database once a second and process, and not once a page. A change shows that much later.
CATALOGUE_LOOK_SECONDS: float = env.float("CATALOGUE_LOOK_SECONDS", default=0 if DEBUG else 1)
# And so long nginx answers with a copy of it (deploy/nginx/opop.conf). A full hall looks at few
# pages, and those cost a node nothing then.
PAGE_COPY_SECONDS: int = env.int("PAGE_COPY_SECONDS", default=0 if DEBUG else 3)

# --- language and time --------------------------------------------------------------------------

LANGUAGE_CODE = "id"
LANGUAGES = [("id", _("Bahasa Indonesia")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["opop_expo.formats"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

# --- accounts -----------------------------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "after_login"
LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["opop_expo.signing_in.backend.PortalBackend"]
PASSWORD_HASHERS = [
    "opop_expo.signing_in.passwords.ArgonHasher",
    # Those of before become the first kind at the next login.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "opop_expo.signing_in.passwords.LengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "opop_expo.signing_in.passwords.EasyToGuessValidator"},
]
# A second step for organisers, by an authenticator app: off, offered to them, or required of them.
SECOND_FACTOR: str = env.str("SECOND_FACTOR", default="off" if DEBUG else "offered")
if SECOND_FACTOR not in {"off", "offered", "required"}:
    raise ImproperlyConfigured("SECOND_FACTOR is off, offered or required.")
OTP_TOTP_ISSUER = "OPOP Expo"
# Wrong codes are counted by opop_expo.signing_in.braking, whose waits come to an end.
OTP_TOTP_THROTTLE_FACTOR = 0

SESSION_ENGINE = "opop_expo.signing_in.sessions"
# From the login on at most, and unused at most. A keeper must get through a day of the expo.
SESSION_BOUNDS_STAFF = (dt.timedelta(hours=12), dt.timedelta(hours=1))
SESSION_BOUNDS_OTHERS = (dt.timedelta(hours=16), dt.timedelta(hours=6))
SESSION_COOKIE_AGE = 16 * 60 * 60

# --- mail ---------------------------------------------------------------------------------------

# On a development machine it is printed. In production `smtp+tls://user:password@host:587`; without
# it mail waits, unsent, for a server on this machine.
_mail: dict[str, Any] = env.email_url(
    "EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25"
)
EMAIL_BACKEND: str = _mail["EMAIL_BACKEND"]
EMAIL_HOST: str = _mail["EMAIL_HOST"]
EMAIL_PORT: int = _mail["EMAIL_PORT"]
EMAIL_HOST_USER: str = _mail["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD: str = _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS: bool = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL: bool = _mail.get("EMAIL_USE_SSL", False)
# A visitor waits for it, once; what does not go out is sent by `send_inquiries`.
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="OPOP Expo <opop-expo@localhost>")
# Organisers who are told of each inquiry. In the admin they see them anyway.
INQUIRY_EMAIL: list[str] = env.list(
    "INQUIRY_EMAIL", default=["panitia@opop-expo.localhost"] if DEBUG else []
)

# --- personal data ------------------------------------------------------------------------------

# Who answers for personal data, and where a person reaches them: a mail address, a number, or both.
# Both stand on the privacy page.
PRIVACY_CONTROLLER: str = env.str("PRIVACY_CONTROLLER", default="OPOP Jawa Timur")
PRIVACY_CONTACT: str = env.str(
    "PRIVACY_CONTACT", default="panitia@opop-expo.localhost" if DEBUG else ""
)
# The list of erasures: it belongs beside the backups, and says nothing of anybody.
ERASURES_FILE = env.path("ERASURES_FILE", default=str(VAR_DIR / "erasures.jsonl"))

# --- files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
# The address of photos: a path, which the proxy serves from the disk or fetches from the bucket, or
# the bucket's own address.
MEDIA_URL = media_address(env.str("MEDIA_URL", default="/media/"))
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# Uploads that nobody has confirmed yet, served by nobody.
IMPORTS_ROOT = env.path("IMPORTS_ROOT", default=str(VAR_DIR / "imports"))
# Documents that only a view hands out, to few.
PRIVATE_ROOT = env.path("PRIVATE_ROOT", default=str(VAR_DIR / "private"))
# One folder a backup; kept on another disk than the database, and copied to another machine.
BACKUP_ROOT = env.path("BACKUP_ROOT", default=str(VAR_DIR / "backups"))
# Nodes on several machines need a disk that they share below all three, or buckets in their place
# (MEDIA_BUCKET, opop_expo.deployment.storing).
STORAGES = {
    **storage_settings(env),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "opop_expo.static_storage.ModuleStaticFilesStorage"
    },
}

# --- security -----------------------------------------------------------------------------------

# A sale has at most a few dozen fields; a body beyond this is not a sale.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Photos and spreadsheets; each form bounds its own files more closely.
UPLOAD_MAX_BYTES = 32 * 1024 * 1024
# An archive with the photos of a whole catalogue, and the part of an address that takes one.
PHOTO_ZIP_MAX_BYTES = 128 * 1024 * 1024
PHOTO_ZIP_PATH = "/admin/impor/foto/"

# Where browsers report what the policy refused: by the older directive and by the newer one.
CSP_REPORT_PATH, CSP_REPORT_GROUP = "/lapor/kebijakan/", "kebijakan"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *picture_sources(MEDIA_URL)],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": [CSP_REPORT_PATH],
        "report-to": CSP_REPORT_GROUP,
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
# A cookie so named is taken by a browser only over HTTPS, from this very host and for all of it: no
# other host of the domain and nobody in the Wi-Fi can set one in its place. One that is sent to a
# part of the addresses only cannot have the first name.
SECURE_COOKIES: bool = not DEBUG and env.bool("COOKIE_SECURE", default=True)
HOST_COOKIE, SECURE_COOKIE = ("__Host-", "__Secure-") if SECURE_COOKIES else ("", "")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_NAME = f"{HOST_COOKIE}sessionid"
CSRF_COOKIE_NAME = f"{HOST_COOKIE}csrftoken"
DEVICE_COOKIE_NAME = f"{HOST_COOKIE}opop_device"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "opop_expo.guarding.message_cookie.MessageStorage"
CSRF_FAILURE_VIEW = "opop_expo.views.csrf_failure"
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
# Addresses and networks of the proxies that end TLS, and no others: what they say of a visitor's
# address and scheme is believed (opop_expo.deployment.proxies).
TRUSTED_PROXIES = require_proxies(env.list("TRUSTED_PROXIES", default=[]))
# The portal stands at the root of its host, whatever a server hands on.
FORCE_SCRIPT_NAME = ""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None

# --- health and sight ---------------------------------------------------------------------------

# What this machine is called in the log and on the page of the system's state.
NODE_NAME: str = env.str("NODE_NAME", default="") or socket.gethostname()
# JSON, a line each, where machines read it; lines for people on a development machine. Every answer
# has a line at INFO.
LOG_FORMAT: str = env.str("LOG_FORMAT", default="plain" if DEBUG else "json")
LOG_LEVEL: str = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_FORMAT not in ("json", "plain"):
    raise ImproperlyConfigured("LOG_FORMAT is json or plain.")
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured("LOG_LEVEL is DEBUG, INFO, WARNING, ERROR or CRITICAL.")
LOGGING = logging_config(json=LOG_FORMAT == "json", level=LOG_LEVEL)
# Asked from inside, by a load balancer or a timer, these are neither led to HTTPS nor refused for
# the number of a machine in place of its name.
PROBES = ("/livez", "/readyz", "/metrics")
SECURE_REDIRECT_EXEMPT = [f"^{path.lstrip('/')}$" for path in PROBES]
# `/readyz` answers within so many seconds, whatever hangs.
READY_SECONDS: float = env.float("READY_SECONDS", default=2)
# With less room than the first a node takes no more requests; with less than the second it says so.
DISK_MIN_FREE_MB: int = env.int("DISK_MIN_FREE_MB", default=200)
DISK_LOW_FREE_MB: int = env.int("DISK_LOW_FREE_MB", default=2048)
# Figures for Prometheus at /metrics: only where a token or addresses are given, and only for those.
# gunicorn's processes keep them together in PROMETHEUS_MULTIPROC_DIR, of its own for each node.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN is 20 random characters or more.")
try:
    METRICS_ADDRESSES = [
        ipaddress.ip_network(address) for address in env.list("METRICS_ADDRESSES", default=[])
    ]
except ValueError as error:
    raise ImproperlyConfigured(
        "METRICS_ADDRESSES is a list of addresses or networks, such as 10.0.0.5,10.1.0.0/16."
    ) from error
METRICS = bool(METRICS_TOKEN or METRICS_ADDRESSES)
# Statements that take longer are written into the log, without their values; 0: none is watched.
SLOW_QUERY_MS: float = env.float("SLOW_QUERY_MS", default=0)
# A backup older than that is a concern on the page of the system's state; the timer makes one every
# quarter of an hour.
BACKUP_WITHIN_MINUTES: int = env.int("BACKUP_WITHIN_MINUTES", default=60)
# Each process tells of itself so often, for the organisers' page of the system's state; 0: never.
NODE_REPORT_SECONDS: int = env.int("NODE_REPORT_SECONDS", default=60)
# What was deployed, such as a commit; shown beside the version.
APP_REVISION: str = env.str("APP_REVISION", default="")
# A report of an exception holds where it happened and of which kind, and nothing of what came in.
DEFAULT_EXCEPTION_REPORTER = "opop_expo.health.reports.SafeReporter"
