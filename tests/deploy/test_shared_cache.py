"""The cache that nodes share, with a real Redis: shared while it is there, harmless when gone."""

from __future__ import annotations

import contextlib
import time
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache.backends.locmem import LocMemCache
from redis import client

from opop_expo.deployment.shared_cache import PAUSE_SECONDS, WAIT_SECONDS, SharedCache, Silence
from tests.deploy.front import DEPLOY
from tests.deploy.redis_server import Redis, redis_server
from tests.deploy.test_containers import COMPOSE

if TYPE_CHECKING:
    from collections.abc import Iterator


pytestmark = pytest.mark.shown_alike


@pytest.fixture(scope="module")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


def node(redis: Redis, **more: Any) -> SharedCache:
    """The cache as another process has it: Redis is shared, memory is not."""
    cache = SharedCache(redis.url, {"OPTIONS": {"MAX_ENTRIES": 3}, **more})
    cache.own = LocMemCache(uuid.uuid4().hex, {"OPTIONS": {"MAX_ENTRIES": 3}})
    cache.silence = Silence()
    return cache


def wait_over(cache: SharedCache) -> None:
    cache.silence.until = 0.0


def test_nodes_share_what_one_keeps(redis: Redis) -> None:
    one, other = node(redis), node(redis)
    one.set("halaman", b"<html>", 60)
    one.set_many({"a": 1, "b": 2}, 60)
    assert other.get("halaman") == b"<html>"
    assert other.get_many(["a", "b", "c"]) == {"a": 1, "b": 2}
    assert one.add("kunci", 1, 60)
    assert not other.add("kunci", 1, 60)
    other.delete("kunci")
    assert one.add("kunci", 1, 60)
    assert node(redis, KEY_PREFIX="cards").get("halaman") is None


def test_killed_redis_is_the_memory_of_each_process(redis: Redis) -> None:
    one, other = node(redis), node(redis)
    one.set("halaman", "lama", 60)
    redis.kill()
    try:
        assert one.get("halaman") is None
        one.set("halaman", "baru", 60)
        one.set_many({"a": 1}, 60)
        assert (one.get("halaman"), one.get_many(["a"]), one.add("x", 1)) == (
            "baru",
            {"a": 1},
            True,
        )
        assert other.get("halaman") is None
    finally:
        redis.start()
    # It is asked again after the pause, and not before.
    assert one.get("halaman") == "baru"
    wait_over(one)
    assert one.get("halaman") is None
    one.set("halaman", "bersama", 60)
    wait_over(other)
    assert other.get("halaman") == "bersama"


def test_restarted_redis_costs_no_pause(redis: Redis) -> None:
    one = node(redis)
    one.set("a", 1, 60)
    redis.kill()
    redis.start()
    one.set("a", 2, 60)
    assert one.silence.until == 0.0
    assert node(redis).get("a") == 2


def test_silent_redis_is_waited_for_once(redis: Redis) -> None:
    one = node(redis)
    one.get("a")
    with redis.frozen():
        started = time.monotonic()
        one.get("a")
        first = time.monotonic() - started
        started = time.monotonic()
        for _ in range(100):
            one.get("a")
        then = time.monotonic() - started
    assert first >= WAIT_SECONDS
    assert first + then < PAUSE_SECONDS


def test_memory_is_bounded(redis: Redis) -> None:
    one = node(redis)
    one.silence.until = time.monotonic() + 60
    for number in range(20):
        one.set(str(number), number)
    assert sum(one.has_key(str(number)) for number in range(20)) <= 3


def test_redis_leaves_the_machine_its_memory_and_its_disk(redis: Redis) -> None:
    with contextlib.closing(client.Redis.from_url(redis.url, decode_responses=True)) as asked:
        told = asked.config_get("maxmemory", "maxmemory-policy", "save")
    assert told == {
        "maxmemory": str(256 * 1024 * 1024),
        "maxmemory-policy": "allkeys-lru",
        "save": "",
    }
    # In a container it is told the same.
    lines = (DEPLOY / "redis.conf").read_text().splitlines()
    said = [line.split() for line in lines if line and not line.startswith("#")]
    [_program, *options] = COMPOSE["services"]["redis"]["command"]
    given = dict(zip(options[::2], options[1::2], strict=True))
    assert given == {f"--{name}": value.strip('"') for name, value in said}
