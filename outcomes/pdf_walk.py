"""Looks through a PDF for what acts by itself. Run as a program of its own, with bounds on it.

It reads the file from standard input and answers in one word. Nothing of the portal is imported:
what a hostile file does to the reader of PDFs, it does to this process alone.
"""

from __future__ import annotations

import io
import logging
import re
import sys
from typing import Any

MOST_OBJECTS = 200_000
MOST_PAGES = 500
# Seconds of the processor, and bytes of memory.
CPU_SECONDS = 10
MEMORY = 1024 * 1024 * 1024

# Keys under which something acts, and what `/S` and `/Subtype` name that does.
KEYS = {"/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/RichMediaContent", "/AF"}
DOES = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition"}
DOES |= {"/Movie", "/Sound", "/RichMedia", "/Screen", "/FileAttachment", "/3D", "/EmbeddedFile"}
# The same in the bytes, for objects that no table names.
RAW = re.compile(rb"/(?:JavaScript|Launch|XFA|EmbeddedFiles?|RichMedia|SubmitForm)(?![A-Za-z])")
HEX = re.compile(rb"#([0-9A-Fa-f]{2})")


def bound() -> None:
    """Take no more than is allowed, where the system can hold one to it."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def verdict(content: bytes) -> str:
    """`ok`, or why not: `broken`, `encrypted`, `active`, `large`."""
    from pypdf import PdfReader

    unescaped = HEX.sub(lambda found: bytes([int(found[1], 16)]), content)
    if RAW.search(content) or RAW.search(unescaped):
        return "active"
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        return "encrypted"
    pages = len(reader.pages)
    if not 1 <= pages <= MOST_PAGES:
        return "large" if pages else "broken"
    numbers = {(number, 0) for number in reader.xref_objStm}
    numbers |= {(number, born) for born, table in reader.xref.items() for number in table}
    if len(numbers) > MOST_OBJECTS:
        return "large"
    if acts(dict(reader.trailer)):
        return "active"
    for number, born in sorted(numbers):
        if acts(read(reader, number, born)):
            return "active"
    return "ok"


def read(reader: Any, number: int, born: int) -> Any:
    """One object; None where its place holds another one, as writers leave behind."""
    from pypdf.errors import PdfReadError
    from pypdf.generic import IndirectObject

    try:
        return reader.get_object(IndirectObject(number, born, reader))
    except PdfReadError:
        return None


def acts(thing: Any) -> bool:
    """Whether an object, without those that it points at, holds something that acts."""
    waiting = [thing]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            for key, value in dict.items(one):
                if str(key) in KEYS or (str(key) in ("/S", "/Subtype", "/Type") and _does(value)):
                    return True
                waiting.append(value)
        elif isinstance(one, list):
            waiting.extend(list.__iter__(one))
    return False


def _does(value: Any) -> bool:
    return isinstance(value, str) and str(value) in DOES


def main() -> None:
    """Answer on standard output."""
    logging.disable(logging.CRITICAL)
    content = sys.stdin.buffer.read()
    bound()
    try:
        answer = verdict(content)
    except MemoryError:
        answer = "large"
    except Exception:
        answer = "broken"
    sys.stdout.write(answer)


if __name__ == "__main__":
    main()
