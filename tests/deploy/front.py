"""nginx as under deploy/nginx, with TLS, on ports of its own before nodes of this test."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.gunicorn import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HOST = "localhost"
DEPLOY = Path(__file__).parents[2] / "deploy"
MIME_TYPES = Path("/etc/nginx/mime.types")
START_SECONDS = 10


@dataclass
class Front:
    """A running nginx. `folder` holds its files, its log and the certificate that it shows."""

    folder: Path
    https_port: int
    http_port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"https://{HOST}:{self.https_port}"

    @property
    def certificate(self) -> Path:
        return self.folder / "cert.pem"

    def trust(self) -> ssl.SSLContext:
        """What a client needs that shall believe this certificate and no other."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def log(self) -> list[str]:
        """The lines of the access log; what nginx still had to say is waited for by the reader."""
        return (self.folder / "access.log").read_text().splitlines()


def make_certificate(folder: Path) -> None:
    """A certificate of its own for `localhost`: cert.pem and key.pem in the folder."""
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            *["-nodes", "-days", "2", "-subj", f"/CN={HOST}"],
            *["-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"],
            *["-keyout", "key.pem", "-out", "cert.pem"],
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def fill(
    folder: Path,
    *,
    nodes: Sequence[int],
    https_port: int,
    http_port: int,
    static: Path | None = None,
    media: Path | None = None,
) -> None:
    """Copy deploy/nginx and write the parameters of this place into its opop/*.conf."""
    shutil.copytree(DEPLOY / "nginx", folder, dirs_exist_ok=True)
    main = folder / "nginx.conf"
    # Only root may choose the user of the workers, and nginx warns of it otherwise.
    main.write_text(main.read_text().replace("user www-data;", "user root;" * (os.geteuid() == 0)))
    shutil.copy(MIME_TYPES, folder / "mime.types")
    site = folder / "opop.conf"
    site.write_text(site.read_text().replace("/var/www/opop-acme", f"{folder}/acme"))
    parameters = {
        "nodes": "".join(
            f"server 127.0.0.1:{port} max_fails=2 fail_timeout=3s;\n" for port in nodes
        ),
        "plain": f"listen 127.0.0.1:{http_port};\nserver_name {HOST};\n",
        "site": f"""
            listen 127.0.0.1:{https_port} ssl http2;
            server_name {HOST};
            ssl_certificate {folder}/cert.pem;
            ssl_certificate_key {folder}/key.pem;
            set $opop_static {static or folder / "static"};
            set $opop_media {media or folder / "media"};
            set $opop_pages {folder}/pages;
            set $opop_hsts max-age=3600;
            access_log {folder}/access.log opop;
        """,
        "machine": f"""
            include mime.types;
            default_type application/octet-stream;
            client_body_temp_path {folder}/body;
            proxy_temp_path {folder}/proxied;
            {_copies(folder)}
            fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi;
            scgi_temp_path {folder}/scgi;
        """,
    }
    for name, text in parameters.items():
        (folder / "opop" / f"{name}.conf").write_text(text)


def _copies(folder: Path) -> str:
    """The shipped line about the copies of pages, with a place of this nginx's own beside it."""
    shipped = (DEPLOY / "nginx" / "opop" / "machine.conf").read_text()
    [(place, options)] = re.findall(r"^proxy_cache_path (\S+) (.*;)$", shipped, re.MULTILINE)
    own = f"{place}-{secrets.token_hex(4)}"
    (folder / "copies").symlink_to(own)
    return f"proxy_cache_path {own} {options}"


def forget_copies(folder: Path) -> None:
    """Give back the memory in which an nginx that has ended kept its copies."""
    shutil.rmtree((folder / "copies").resolve(), ignore_errors=True)


def command(folder: Path, *arguments: str) -> list[str]:
    """Call nginx on the files in that folder."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    options = [f"-p{folder}", f"-c{folder}/nginx.conf", f"-e{folder}/error.log"]
    return [program, *options, "-g", f"pid {folder}/nginx.pid; daemon off;", *arguments]


@contextlib.contextmanager
def front(
    folder: Path,
    *,
    nodes: Sequence[int],
    static: Path | None = None,
    media: Path | None = None,
    media_conf: str | None = None,
) -> Iterator[Front]:
    """nginx before gunicorns on these ports, until the end of the block.

    `media_conf` takes the place of opop/media.conf.
    """
    folder.mkdir(parents=True, exist_ok=True)
    https_port, http_port = free_port(), free_port()
    make_certificate(folder)
    fill(
        folder, nodes=nodes, https_port=https_port, http_port=http_port, static=static, media=media
    )
    if media_conf is not None:
        (folder / "opop" / "media.conf").write_text(media_conf)
    process = subprocess.Popen(command(folder), stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _listens(https_port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"nginx: {(folder / 'error.log').read_text()}")
            time.sleep(0.02)
        yield Front(folder, https_port, http_port, process)
    finally:
        process.terminate()
        process.wait(START_SECONDS)
        forget_copies(folder)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
