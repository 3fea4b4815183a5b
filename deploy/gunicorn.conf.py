"""How gunicorn serves a web node: `gunicorn --config deploy/gunicorn.conf.py opop_expo.wsgi`.

A web node is one gunicorn with its workers, and a machine may carry several. What differs between
nodes comes from the environment: WEB_BIND, WEB_WORKERS, WEB_THREADS, WEB_ACCESS_LOG. Under
systemd the socket is handed over and WEB_BIND is not looked at.
"""

from __future__ import annotations

import gc
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from datetime import timedelta

    from gunicorn.arbiter import Arbiter
    from gunicorn.http.message import Request
    from gunicorn.http.wsgi import Response
    from gunicorn.workers.base import Worker

# A code in an address opens what lies behind it: pairing, choosing a password, receipt, ticket,
# certificate, saved list.
SECRET_IN_PATH = re.compile(
    r"(?P<before>/(?:kasir/pasang|masuk/tautan|nota|tiket|sertifikat|simpanan)/)[^/]+",
    re.IGNORECASE,
)


class MaskingLogger(Logger):  # type: ignore[misc]
    """Writes the path of a request without the codes in it, and no line that nobody asked for."""

    def access(
        self, resp: Response, req: Request, environ: dict[str, str], request_time: timedelta
    ) -> None:
        # gunicorn takes a configuration of its log for the wish to have these lines.
        if self.cfg.accesslog:
            super().access(resp, req, environ, request_time)

    def atoms(
        self, resp: Response, req: Request, environ: dict[str, str], request_time: timedelta
    ) -> dict[str, object]:
        atoms: dict[str, object] = super().atoms(resp, req, environ, request_time)
        atoms["U"] = SECRET_IN_PATH.sub(r"\g<before>***", str(atoms["U"] or ""))
        return atoms


bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
proc_name = "opop-web"

# Recording a sale is work for the processor, in Python and in PostgreSQL: one process for each
# core, two at least, so that one that is killed or renewed leaves one. Four threads in each let one
# wait for the disk while another computes; more only queue for the same cores. Threads are also
# connections: workers times threads times nodes stays below PostgreSQL's max_connections.
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", str(max(2, os.cpu_count() or 1))))
threads = int(os.environ.get("WEB_THREADS", "4"))

# A worker whose loop stands still for so long is killed. It is no bound on a request: those run in
# threads, and a catalogue as PDF may take its time. The proxy bounds them. Nor is it one on who
# drips a request, which would hold a thread: only the proxy reaches a node, with whole requests.
timeout = 60
# What is under way when a worker must go is finished within this; systemd waits longer.
graceful_timeout = 30
# Longer than the proxy keeps an idle connection (deploy/nginx/opop.conf: 20 s), so that it is the
# proxy that closes and no request meets a closing connection.
keepalive = 30
# Connections that wait while workers start again.
backlog = 2048

# The same as in deploy/nginx/opop.conf. A line of 8 KB carries every filter of a page.
limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190

# No header of a request says where the portal begins or which page is meant: gunicorn would take
# both from SCRIPT_NAME and PATH_INFO of whoever speaks to it from this machine, as the proxy does.
forwarder_headers = ""

# A net for memory that grows, and no more than that: about once a day in a full hall, and not all
# at once.
max_requests = 100_000
max_requests_jitter = 20_000

# Not loaded before the fork. SIGHUP then starts workers with the code that lies there now, and no
# worker shares a connection or a random state with another. It costs some 60 MB a worker.
preload_app = False

# The heartbeat of a worker is a file; in memory a slow disk cannot make it look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
control_socket_disable = True

# The portal writes a line of its own for each request. WEB_ACCESS_LOG=- adds gunicorn's, which also
# has what never reached the portal: no query string, no referrer, no code in the path. The address
# is what the proxy saw, the number is the one that it gave the request.
logger_class = MaskingLogger
errorlog = "-"
accesslog = os.environ.get("WEB_ACCESS_LOG") or None
access_log_format = (
    '%({x-forwarded-for}i)s %({x-request-id}i)s "%(m)s %(U)s" %(s)s %(B)s B %(M)s ms'
)
# JSON as the portal's own lines are, and from the library itself: what the master imports of the
# portal would stay in its workers over a reload.
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": "%(levelname)s %(name)s %(message)s %(process)d",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "at",
        },
        "plain": {"format": "%(asctime)s %(levelname)-7s %(name)s %(message)s"},
    },
    "handlers": {
        "lines": {
            "class": "logging.StreamHandler",
            "formatter": "plain" if os.environ.get("LOG_FORMAT") == "plain" else "json",
        }
    },
    "root": {"handlers": ["lines"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["lines"], "propagate": False},
        "gunicorn.access": {"handlers": ["lines"], "propagate": False},
    },
}


def on_starting(_server: Arbiter) -> None:
    """Begin with an empty folder of figures: those of the processes of before count no more."""
    named = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if named:
        folder = Path(named)
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.db"):
            file.unlink()


def post_worker_init(worker: Worker) -> None:
    """Import every view before the first request: that one would wait some 600 ms for it.

    What is loaded by then stays until the process ends, and is not gone through again and again for
    what nobody uses any more: a twentieth of a busy worker's time.
    """
    from django.urls import resolve

    resolve("/")
    gc.collect()
    gc.freeze()
    # Hardly anything here needs the search to be given back, and each request makes some thousand
    # objects: at 700 it would begin again several times while one is answered.
    gc.set_threshold(10_000, 20, 20)
