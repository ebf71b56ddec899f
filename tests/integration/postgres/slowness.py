"""Reads, commits and updates of heroes that the server makes slow. A cancelled statement stops."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from tests.faults.observer import Observer


@asynccontextmanager
async def slow_reads(observer: Observer, seconds: float) -> AsyncIterator[None]:
    """Let each read of a hero take this long. Nothing can be written."""
    slow = [
        "ALTER TABLE hero RENAME TO stored_hero",
        f"CREATE VIEW hero AS SELECT * FROM stored_hero WHERE pg_sleep({seconds}) IS NOT NULL",  # noqa: S608 - a number of the test
    ]
    normal = ["DROP VIEW hero", "ALTER TABLE stored_hero RENAME TO hero"]
    async with _undone(observer, slow, normal):
        yield


@asynccontextmanager
async def slow_updates(observer: Observer, seconds: float) -> AsyncIterator[None]:
    """Let each update of a hero take this long."""
    trigger = "TRIGGER slow BEFORE UPDATE ON hero FOR EACH ROW EXECUTE FUNCTION wait()"
    async with _trigger(observer, trigger, seconds):
        yield


@asynccontextmanager
async def slow_commits(observer: Observer, seconds: float) -> AsyncIterator[None]:
    """Let each COMMIT take this long for each update of a hero in the transaction."""
    trigger = (
        "CONSTRAINT TRIGGER slow AFTER UPDATE ON hero"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()"
    )
    async with _trigger(observer, trigger, seconds):
        yield


@asynccontextmanager
async def _trigger(observer: Observer, trigger: str, seconds: float) -> AsyncIterator[None]:
    function = "FUNCTION wait() RETURNS trigger LANGUAGE plpgsql"
    body = f"BEGIN PERFORM pg_sleep({seconds}); RETURN NEW; END"
    slow = [f"CREATE {function} AS '{body}'", f"CREATE {trigger}"]
    async with _undone(observer, slow, ["DROP TRIGGER slow ON hero", "DROP FUNCTION wait"]):
        yield


@asynccontextmanager
async def _undone(
    observer: Observer, statements: Sequence[str], undo: Sequence[str]
) -> AsyncIterator[None]:
    """Execute the statements, and those that undo them at the end of the block."""
    for statement in statements:
        await observer.run(statement)
    try:
        yield
    finally:
        for statement in undo:
            await observer.run(statement)
