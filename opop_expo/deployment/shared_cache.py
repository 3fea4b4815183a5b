"""A cache in Redis that several nodes share, and that no page fails for.

What is kept is kept under the catalogue version and the release, so that a process may keep it in
its own memory just as well: while Redis does not answer, that is what each of them does.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)
# So long a process waits for an answer, and so long it does not ask again after there was none.
WAIT_SECONDS = 0.25
PAUSE_SECONDS = 2.0


@dataclass
class Silence:
    """Until when a server is not asked."""

    until: float = 0.0


# By server: each thread has a cache object of its own, and one that has waited is enough.
_silences: dict[str, Silence] = {}


def _either(name: str) -> Callable[..., Any]:
    """The method of that name: of Redis, or of the memory of the process while Redis is gone."""

    def ask(self: SharedCache, *arguments: Any, **options: Any) -> Any:
        if time.monotonic() >= self.silence.until:
            try:
                return getattr(self.shared, name)(*arguments, **options)
            except RedisError as error:
                self.silence.until = time.monotonic() + PAUSE_SECONDS
                kind = type(error).__name__
                logger.warning("Redis does not answer (%s): kept in memory meanwhile", kind)
        return getattr(self.own, name)(*arguments, **options)

    return ask


class SharedCache(BaseCache):
    """Redis, and the memory of the process in its place while it is gone.

    MAX_ENTRIES bounds the memory; Redis has a bound of its own (`maxmemory`).
    """

    get = _either("get")
    get_many = _either("get_many")
    set = _either("set")
    set_many = _either("set_many")
    add = _either("add")
    delete = _either("delete")
    delete_many = _either("delete_many")
    has_key = _either("has_key")
    touch = _either("touch")
    incr = _either("incr")
    clear = _either("clear")

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        bounds = params.pop("OPTIONS", {})
        options = {
            "socket_timeout": WAIT_SECONDS,
            "socket_connect_timeout": WAIT_SECONDS,
            # A connection may have gone stale since; by itself the client would wait for seconds.
            "retry": Retry(NoBackoff(), 1),
        }
        self.shared = RedisCache(server, params | {"OPTIONS": options})
        self.own = LocMemCache(f"{server} {self.key_prefix}", params | {"OPTIONS": bounds})
        self.silence = _silences.setdefault(server, Silence())
