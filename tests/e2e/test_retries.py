"""A POST that is retried with its key until it succeeds is executed once."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2

from tests.e2e.cutting import Cutter, Moment, cutting
from tests.support.retrying import Posts
from tests.support.served import Served, serve

POSTS = int(os.environ.get("TEST_RETRIED_POSTS", "100"))
KILLS = 3
LIMIT = 30


async def test_posts_retried_over_cut_connections_are_executed_once(
    new_database: Callable[[], str], session: str, tmp_path: Path
) -> None:
    async with (
        retrying(seed=1) as (posts, cutter),
        serving(tmp_path, new_database(), session) as served,
    ):
        cutter.forward_to(served.address)
        await posts.send()

        await assert_each_was_executed_once(posts, served)
    assert min(cutter.cuts[moment] for moment in Moment) > POSTS / 10
    assert POSTS + posts.retries == cutter.cuts.total()


async def test_posts_retried_over_kills_of_the_server_are_executed_once(
    new_database: Callable[[], str], session: str, tmp_path: Path
) -> None:
    url = new_database()
    async with retrying(seed=2) as (posts, cutter):
        sending = asyncio.create_task(posts.send())
        for kill in range(1, KILLS + 1):
            async with serving(tmp_path, url, session) as served:
                cutter.forward_to(served.address)
                await posts.wait_for_responses(kill * POSTS // (KILLS + 1))
                cutter.hold()
                served.kill()
        assert not sending.done()
        async with serving(tmp_path, url, session) as served:
            cutter.forward_to(served.address)
            await sending

            await assert_each_was_executed_once(posts, served)


@asynccontextmanager
async def retrying(seed: int) -> AsyncIterator[tuple[Posts, Cutter]]:
    """Yield posts that go through a cutter, each attempt on its own connection."""
    once = httpx2.Limits(max_keepalive_connections=0)
    async with (
        cutting(seed) as (cutter, url),
        httpx2.AsyncClient(base_url=url, timeout=LIMIT, verify=False, limits=once) as client,
    ):
        yield Posts(client, POSTS), cutter


@asynccontextmanager
async def serving(folder: Path, url: str, session: str) -> AsyncIterator[Served]:
    """Serve the database. The server starts and stops in a thread: the proxy needs the loop."""
    settings = {"database_url": url, "session": session, "access_log": "false"}
    context = serve(folder / "served.db", **settings)
    served = await asyncio.to_thread(context.__enter__)
    try:
        yield served
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)
    assert "Traceback" not in served.output()


async def assert_each_was_executed_once(posts: Posts, served: Served) -> None:
    assert posts.replayed > 0, "no response was lost after its COMMIT"
    async with httpx2.AsyncClient(base_url=served.url, timeout=LIMIT, verify=False) as direct:
        posts.client = direct
        await posts.assert_each_was_executed_once()
