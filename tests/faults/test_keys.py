"""Idempotency keys while the database or the connection to it fails."""

import asyncio
import os
from random import Random

from tests.faults.conftest import Serving
from tests.faults.observer import observing
from tests.faults.pool import assert_pool_is_complete
from tests.faults.proxy import COMMIT, Cut, Proxy, proxied
from tests.faults.test_timeouts import HERO, TOLERANCE, assert_refused
from tests.support.postgres import PostgresServer
from tests.support.retrying import Posts

POSTS = int(os.environ.get("TEST_RETRIED_POSTS", "100"))
KILLS = 3
SEED = 5
KEY = {"Idempotency-Key": "in-progress"}
CLAIM = """INSERT INTO idempotent_answer (key, fingerprint, expires)
    VALUES ('in-progress', '', 0)"""


class Dice:
    """Decides at random for each COMMIT whether and when its connection is cut."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._random = Random(SEED)  # noqa: S311 - not secret

    async def watch(self, sent: bytes, _: int) -> None:
        """Inspect bytes that are about to be sent to the database."""
        if COMMIT in sent:
            self._proxy.cut = self._random.choice(list(Cut))


async def test_posts_retried_over_cut_commits_are_executed_once(
    server: PostgresServer, url: str, serving: Serving
) -> None:
    async with proxied(url, server.port) as (proxy, through), serving(through) as (_, client):
        posts = Posts(client, POSTS)
        proxy.watcher = Dice(proxy).watch
        await posts.send()
        proxy.watcher, proxy.cut = None, Cut.NEVER

        assert proxy.cuts > POSTS / 10
        assert posts.retries >= proxy.cuts
        assert posts.replayed > 0, "no response of the database was lost after its COMMIT"
        await posts.assert_each_was_executed_once()
        await assert_pool_is_complete(url, client)


async def test_posts_retried_over_kills_of_the_database_are_executed_once(
    server: PostgresServer, url: str, serving: Serving
) -> None:
    async with serving(url) as (_, client):
        posts = Posts(client, POSTS)
        sending = asyncio.create_task(posts.send())
        for kill in range(1, KILLS + 1):
            await posts.wait_for_responses(kill * POSTS // (KILLS + 1))
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
        await sending

        assert posts.retries > 0
        await posts.assert_each_was_executed_once()


async def test_a_key_in_progress_for_too_long_returns_409_in_time(
    url: str, serving: Serving
) -> None:
    async with serving(url, lock_timeout="0.5") as (_, client), observing(url) as observer:
        async with observer.holding(CLAIM):
            response = await client.post("/heroes/", json=HERO, headers=KEY)
        made = await client.post("/heroes/", json=HERO, headers=KEY)

        assert 409 == response.status_code
        assert "application/problem+json" == response.headers["Content-Type"]
        assert 0.45 <= response.elapsed.total_seconds() < 0.5 + TOLERANCE
        assert 200 == made.status_code
        await assert_pool_is_complete(url, client)


async def test_a_locked_idempotency_table_returns_503_in_time(url: str, serving: Serving) -> None:
    async with serving(url, lock_timeout="0.5") as (_, client), observing(url) as observer:
        async with observer.holding("LOCK TABLE idempotent_answer"):
            response = await client.post("/heroes/", json=HERO, headers=KEY)

        assert_refused(response, after=0.5)
