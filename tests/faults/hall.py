"""The whole hall on this machine: nginx, two gunicorn nodes, a durable PostgreSQL, Redis."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.deploy.front import DEPLOY
from tests.deploy.redis_server import Redis, redis_server
from tests.faults import wrong_clock
from tests.faults.gunicorn import Gunicorn
from tests.faults.load import Load
from tests.faults.nginx import HOST, Nginx
from tests.faults.proxy import seed_of_this_run
from tests.faults.server import as_in_production
from tests.faults.site import Site
from tests.faults.story import differences
from tests.faults.tablet import Tablet
from tests.faults.visitors import Visitors
from tests.faults.wrong_clock import WrongClock
from tests.postgres import Server, postgres_server
from tests.prepared import migrated_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

EDITION = "/2026-uji/"
PAGES = ["/", EDITION, f"{EDITION}stan/", f"{EDITION}produk/", f"{EDITION}stan/A1/", "/en/"]


class Hall(Site):
    """Two nodes behind nginx. What tablets and visitors reach is `port`."""

    def __init__(
        self, folder: Path, environment: dict[str, str], postgres: Server, redis: Redis
    ) -> None:
        super().__init__(folder, environment, postgres)
        self.database = postgres
        self.redis = redis
        self.nodes = [self._node(name) for name in ("a", "b")]
        self.nginx = Nginx(
            folder / "nginx",
            [node.port for node in self.nodes],
            static=environment["STATIC_ROOT"],
            media=environment["MEDIA_ROOT"],
        )
        self.port = self.nginx.port
        for one in (environment, *(node.environment for node in self.nodes)):
            one["CSRF_TRUSTED_ORIGINS"] = f"http://{HOST}:{self.port}"
        self.seed = seed_of_this_run()
        self.tablets: list[Tablet] = []
        self.goods: dict[str, int | None] = {}
        self._clerk: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def _node(self, name: str) -> Gunicorn:
        node = Gunicorn(
            self.folder / f"node-{name}.log",
            {"WEB_WORKERS": "1", "WEB_THREADS": "4"} | self.environment,
            [f"--config={DEPLOY / 'gunicorn.conf.py'}"],
        )
        node.environment["WEB_BIND"] = f"{HOST}:{node.port}"
        return node

    # --- from the first to the last ---------------------------------------------------------------

    def open(self, tablets: int) -> None:
        """Migrate, pair so many tablets, and start everything."""
        self.prepare(tablets)
        self.tablets = [
            Tablet(paired, port=self.port, seed=self.seed, batch=(1, 12), patience=60)
            for paired in self.paired
        ]
        for node in self.nodes:
            node.launch()
        self.goods = self.read_books().left
        for node in self.nodes:
            node.wait_until_it_serves()
        self.nginx.start()

    def close(self) -> None:
        self.nginx.stop()
        for node in self.nodes:
            node.stop()
        if self._clerk is not None:
            assert self._clerk.stdin
            assert self._clerk.stdout
            self._clerk.stdin.close()
            self._clerk.wait()
            self._clerk.stdout.close()

    def give_clock(self, node: Gunicorn) -> WrongClock:
        """Start that node anew under a clock that can be set."""
        clock = WrongClock(self.folder)
        node.application = wrong_clock.MODULE
        self.restart(node, **clock.environment)
        return clock

    def take_clock(self, node: Gunicorn) -> None:
        node.application = "opop_expo.wsgi"
        self.restart(node)

    def restart(self, node: Gunicorn, **environment: str) -> None:
        """Start it anew, with these in its environment."""
        node.stop()
        node.environment |= environment
        node.start()
        node.wait_until_it_serves()

    # --- what a test asks -------------------------------------------------------------------------

    @contextlib.contextmanager
    def at_work(self, *, pages: list[str] | None = None, a_second: float = 10) -> Iterator[Load]:
        """Tablets sell and visitors look inside; then the books are compared.

        Every acknowledged sale is there once, in the ledger, in the sums and in the proof, and
        nobody was shown anything but words.
        """
        load = Load(self.tablets, Visitors(self.port, pages or PAGES, a_second))
        load.start()
        try:
            load.sell()
            yield load
        finally:
            load.close()
        found = self.differences()
        assert found == [], f"FAULT_SEED={self.seed}: {found}\n{self.log_tails()}"
        assert load.complaints() == [], f"{load.complaints()}\n{self.log_tails()}"

    def differences(self) -> list[str]:
        """In which the portal's books are not those of the tablets."""
        accounts = [tablet.account() for tablet in self.tablets]
        return differences(accounts, self.read_books(), self.goods)

    def log_tails(self) -> str:
        return "\n\n".join(node.log_tail() for node in self.nodes)

    def _books(self, *arguments: str) -> Any:
        """One process that answers all: the portal's own start takes longer than the question."""
        if self._clerk is None:
            self._clerk = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.books", "serve"],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._clerk.stdin
        assert self._clerk.stdout
        self._clerk.stdin.write(json.dumps(arguments) + "\n")
        self._clerk.stdin.flush()
        said = self._clerk.stdout.readline()
        assert said, f"{arguments}: the clerk has gone"
        return json.loads(said)


@contextlib.contextmanager
def hall(
    *,
    tablets: int = 10,
    files: Path | None = None,
    data: Path | None = None,
    **environment: str,
) -> Iterator[Hall]:
    """A hall with paired tablets, until the end of the block.

    Uploads and logs lie in a folder made in `files`, PostgreSQL's data in one made in `data`.
    `environment` goes to all processes of the portal.
    """
    with contextlib.ExitStack() as undo:
        made = tempfile.TemporaryDirectory(prefix="opop-hall-", dir=files)
        folder = Path(undo.enter_context(made))
        server = undo.enter_context(postgres_server(parent=data, data=migrated_postgres()))
        redis = undo.enter_context(redis_server(folder))
        there = as_in_production(folder, server.url, pages=True)
        there |= {"CACHE_URL": redis.url, **environment}
        running = Hall(folder, there, server, redis)
        undo.callback(running.close)
        running.open(tablets)
        yield running
