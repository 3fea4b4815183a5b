"""An organiser who sends a file in, without a browser."""

from __future__ import annotations

import http.client
import io
import random
import zipfile

HOST = "127.0.0.1"
TOKEN = "t" * 32
BOUNDARY = "the-edge-of-a-part"
MEGABYTES = 3
PATIENCE_SECONDS = 60


def upload_photos(port: int, cookies: dict[str, str]) -> tuple[int, str]:
    """Send an archive with one photo that is none, larger than memory is given for; the answer."""
    with io.BytesIO() as made:
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("foto.jpg", random.Random(1).randbytes(MEGABYTES * 1024 * 1024))
        content = made.getvalue()
    part = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name="
    body = (
        f'{part}"csrfmiddlewaretoken"\r\n\r\n{TOKEN}\r\n'
        f'{part}"file"; filename="foto.zip"\r\nContent-Type: application/zip\r\n\r\n'
    ).encode()
    body += content + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Origin": f"http://{HOST}:{port}",
    }
    line = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_SECONDS)
    try:
        line.request("POST", "/admin/impor/foto/", body, headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        line.close()
