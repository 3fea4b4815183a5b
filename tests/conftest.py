"""What every test stands on: settings of the tests, database, browser, and no silent skipping."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

# Set before Django reads its settings. The workers of a parallel run inherit all of it.
os.environ["DJANGO_SETTINGS_MODULE"] = "opop_expo.settings"
# Neither HTTPS nor a manifest of static files. settings.DEBUG itself is False in tests, as always.
os.environ["DEBUG"] = "1"
os.environ["DATABASE_CONN_MAX_AGE"] = "0"  # threads end here, and their connections with them
# Twenty threads of one process wait for one row longer than as many tills do.
os.environ["DATABASE_LOCK_TIMEOUT_MS"] = "20000"
os.environ.setdefault("LOG_LEVEL", "WARNING")  # no line for each of some thousand answers
# Whether a busy machine answers in time, and has room, is no matter of most tests.
os.environ.setdefault("READY_SECONDS", "30")
os.environ.setdefault("DISK_MIN_FREE_MB", "0")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright runs an event loop in the main thread

if "SQLITE_TEST_PATH" not in os.environ:
    # Of its own for each run, so that two runs in one checkout do not meet.
    _folder = tempfile.TemporaryDirectory(prefix="opop-test-")
    os.environ["SQLITE_TEST_PATH"] = str(Path(_folder.name, "test.sqlite3"))
    os.environ.setdefault("PREPARED_FOLDER", _folder.name)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django.db.backends.base.operations import BaseDatabaseOperations
    from playwright.sync_api import BrowserContext
    from pytest_django import DjangoDbBlocker

    from tests.browser import BrowserErrors

STARTED = time.monotonic()
ALL_ON_BOTH = os.environ.get("ALL_ON_BOTH") == "1"
# `make long` runs those that are marked so, and laws by other examples.
LONG = os.environ.get("LONG") == "1"


def pytest_configure() -> None:
    """Load the settings only now: pytest-django would have done it before the lines above."""
    from django.conf import settings
    from hypothesis import settings as laws

    # What is right or wrong in one run is so in the next; `make long` tries other examples each
    # time.
    laws.register_profile("the same", derandomize=not LONG)
    laws.load_profile("the same")
    assert settings.DEBUG
    if not on_postgres():
        # As with PostgreSQL's in `tests.postgres`: a test's file need not outlive a power cut.
        options = dict(settings.DATABASES["default"]["OPTIONS"])
        options["init_command"] += "PRAGMA synchronous=OFF;"
        settings.DATABASES["default"]["OPTIONS"] = options


# --- settings -----------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _settings_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    from django.test import override_settings

    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        BACKUP_ROOT=tmp_path_factory.mktemp("backups"),
        # WhiteNoise warns when the folder is missing; the files themselves come from static/.
        STATIC_ROOT=tmp_path_factory.mktemp("staticfiles"),
        # A login costs nothing.
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


# --- database -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """SQLite's file lies there before Django looks, and goes with its folder."""
    return django_db_keepdb or not on_postgres()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Begin with a copy that is migrated; Django migrates it again and finds nothing to do."""
    from django.db import connection

    from tests.prepared import migrated_sqlite

    if not on_postgres():
        shutil.copyfile(migrated_sqlite(), connection.settings_dict["TEST"]["NAME"])
    elif "DATABASE_IS_MIGRATED" in os.environ:
        connection.settings_dict["TEST"]["TEMPLATE"] = connection.settings_dict["NAME"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let only the emptying between transactional tests past the ledger's triggers.

    It leaves content types and permissions, which Django would make anew each time.
    """
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType
    from django.core.management.sql import emit_post_migrate_signal
    from django.db import connection, transaction

    from events import append_only
    from stands import closed_triggers
    from stands.models import Expo

    left = (ContentType, Permission)

    def as_left() -> list[list[Any]]:
        return [list(model._default_manager.order_by("pk").values_list()) for model in left]

    with django_db_blocker.unblock():
        from_the_start = as_left()

    # Patched on the class: each thread has a connection of its own, and so has the event loop that
    # Playwright runs in this one.
    operations = type(connection.ops)
    execute_sql_flush, sql_flush = operations.execute_sql_flush, operations.sql_flush

    def most(
        self: BaseDatabaseOperations, style: Any, tables: Sequence[str], **more: Any
    ) -> list[str]:
        keeps = {model._meta.db_table for model in left} if as_left() == from_the_start else set()
        return sql_flush(self, style, [one for one in tables if one not in keeps], **more)

    def emit(*arguments: Any, **more: Any) -> None:
        if as_left() != from_the_start:
            emit_post_migrate_signal(*arguments, **more)
            from_the_start[:] = as_left()

    def flush(self: BaseDatabaseOperations, sql_list: Sequence[str]) -> None:
        with transaction.atomic(using=self.connection.alias):
            append_only.lift(self.connection)
            # PostgreSQL's TRUNCATE passes triggers on rows by.
            has_closed = (
                self.connection.vendor == "sqlite"
                and Expo.objects.using(self.connection.alias).exclude(closed_at=None).exists()
            )
            if has_closed:
                closed_triggers.lift(self.connection)
            execute_sql_flush(self, sql_list)
            append_only.install(self.connection)
            if has_closed:
                closed_triggers.install(self.connection)

    with (
        mock.patch.object(operations, "execute_sql_flush", flush),
        mock.patch.object(operations, "sql_flush", most),
        mock.patch("django.core.management.commands.flush.emit_post_migrate_signal", emit),
    ):
        yield
    if connection.vendor == "postgresql":
        # Playwright's event loop in this thread has a connection of its own, and ends before the
        # database is dropped, without closing it.
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(scope="session", autouse=True)
def _views_are_imported() -> None:
    """By a process's first request they would be, and that test's clock would run meanwhile."""
    from django.urls import resolve

    resolve("/")


@pytest.fixture(autouse=True)
def _language_of_the_portal() -> Iterator[None]:
    """A page in English leaves its language behind, and would lead the next test there."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    """Pages and editions that a test left in memory would only make the next count otherwise.

    Or stop it: what a test has asked for that renders nothing is blank.
    """
    from django.core.cache import caches

    from sales.tablet.pages import written_page
    from stands import catalogue_version, pages_at_hand

    for cache in caches.all(initialized_only=True):
        cache.clear()
    catalogue_version.forget()
    pages_at_hand.forget()
    written_page.cache_clear()


@pytest.fixture
def alone_with_the_database() -> None:
    """Close what threads of earlier tests left open in this process.

    A restore on SQLite waits for everybody to leave the file, and these would never.
    """
    from django.db import connection
    from django.db.backends.base.base import BaseDatabaseWrapper

    gc.collect()  # cursors that nobody reads to their end hold a lock as well
    mine = connection.connection
    for one in gc.get_objects():
        # By its type: looking into a lazy object would make it.
        if not issubclass(type(one), BaseDatabaseWrapper):
            continue
        if one.connection not in (None, mine):
            with contextlib.suppress(Exception):
                one.connection.close()
            one.connection = None


# --- browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    from playwright.sync_api import expect

    from tests.browser import ARGUMENTS, find_headless

    # Three times Playwright's own five seconds: a busy machine is late, and that is no fault.
    expect.set_options(timeout=15_000)
    chromium = find_headless()
    if chromium is None:
        pytest.fail("No Chromium found: install the package 'chromium', or name it in CHROMIUM.")
    return {**browser_type_launch_args, "executable_path": chromium, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A tablet on its stand: landscape, touched with fingers."""
    return {
        **browser_context_args,
        "viewport": {"width": 1280, "height": 800},
        "has_touch": True,
        "locale": "id-ID",
        "timezone_id": "Asia/Jakarta",
    }


@pytest.fixture
def browser_errors() -> BrowserErrors:
    """What the pages of this test complained of; `browser_errors.allow("status of 422")`."""
    from tests.browser import BrowserErrors

    return BrowserErrors()


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], browser_errors: BrowserErrors
) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts, that of `page` included; an error in any page fails the test."""
    from playwright.sync_api import Error as PlaywrightError

    contexts: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        # A worker asks for things after its page is gone; a test that wants one says so.
        context = new_context(**{"service_workers": "block"} | options)
        browser_errors.watch(context)
        contexts.append(context)
        return context

    yield make

    for context in contexts:
        for page in context.pages:
            # What the page has still to tell arrives before the answer; one that is just leaving
            # has none.
            with contextlib.suppress(PlaywrightError):
                page.evaluate("0")
    errors = browser_errors.unexpected()
    if errors:
        pytest.fail("The browser reported errors:\n" + "\n".join(errors), pytrace=False)


# --- which database -----------------------------------------------------------------------------


def on_postgres() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


# A module that says so of all that it holds need not even be read on PostgreSQL.
ALIKE = re.compile(r"^pytestmark = .*\bpytest\.mark\.shown_alike\b", re.MULTILINE)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Pass by modules of which nothing would be left; the summary says so."""
    if not on_postgres() or ALL_ON_BOTH or not collection_path.match("test_*.py"):
        return None
    return True if ALIKE.search(collection_path.read_text()) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long, and on PostgreSQL what shows the same; the summary says so."""
    left = [item for item in items if _is_long(item) != LONG and not (LONG and _is_law(item))]
    if on_postgres() and not ALL_ON_BOTH:
        left += [item for item in items if item.get_closest_marker("shown_alike")]
    if left:
        gone = set(left)
        items[:] = [item for item in items if item not in gone]
        config.hook.pytest_deselected(items=left)
    # What one process is busy with for minutes comes first, so that no other waits for it at the
    # end.
    items.sort(key=lambda item: _place(item.path))


def _is_long(item: pytest.Item) -> bool:
    markers = {mark.name for mark in item.iter_markers()}
    is_told_elsewhere = "story" in markers and not on_postgres() and not ALL_ON_BOTH
    return "long" in markers or is_told_elsewhere


def _is_law(item: pytest.Item) -> bool:
    """Whether it holds for any example, so that `make long` looks for others."""
    from hypothesis import is_hypothesis_test

    return isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)


# In which one process is busy for a minute and more, or waits for that long.
LONGEST = ["test_tablet_offline", "test_hall", "test_permission_matrix"]


def _place(path: Path) -> int:
    if path.stem in LONGEST:
        return 0
    return 1 if path.parent.name in ("browsing", "faults", "concurrency", "guarding") else 2


# --- honesty ------------------------------------------------------------------------------------

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.append(report.nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    # The workers of a parallel run leave the judging to the process that started them.
    is_worker = hasattr(session.config, "workerinput")
    if _skipped and not is_worker and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what would be overlooked, just above pytest's own last line."""
    if _skipped:
        terminalreporter.write_line(
            f"Skipped tests count as failed, and {len(_skipped)} were skipped: "
            + ", ".join(sorted(set(_skipped))),
            red=True,
        )
    for line in os.environ.get("EARLIER_RESULTS", "").splitlines():
        terminalreporter.write_line(line)
    engine = "PostgreSQL" if on_postgres() else "SQLite"
    if on_postgres() and not ALL_ON_BOTH:
        terminalreporter.write_line("Tests marked `shown_alike` run on SQLite alone.")
    if not LONG:
        terminalreporter.write_line("Tests marked `long` are run by `make long`.")
        if not on_postgres() and not ALL_ON_BOTH:
            terminalreporter.write_line("So are those marked `story`, which run on PostgreSQL.")
    seconds = time.monotonic() - STARTED
    terminalreporter.write_line(f"pytest on {engine}: {seconds:.0f} s")
