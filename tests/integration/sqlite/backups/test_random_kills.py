"""A restore is killed at random moments: afterwards there is the old database or the new one.

``make restore-kills`` does this 50 times. Each time a service has written to the database and was
killed too, so that its last acknowledged writes are only in the log.
"""

import asyncio
import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from tests.integration.processes import run
from tests.integration.sqlite.backups.databases import files_in, make_database
from tests.integration.tutorial_database import connection_to
from tests.integration.writers import Ledger, rows_in, write_without_pause
from tests.support.served import COMMAND, LIMIT, Served, environment, serve

KILLS = int(os.environ.get("TEST_RESTORE_KILLS", "3"))
WRITERS = 8
RANDOM = random.SystemRandom()

MOMENTS = {"": 1.5, ".restore-": 0.1, ".before-": 0.01, "-restoring": 0.01}
"""Parts of the names of files, and seconds: a kill is at a random time after the file appears."""


@pytest.mark.timeout(120 + 60 * KILLS)
async def test_every_acknowledged_write_of_one_of_the_databases_survives(
    tmp_path: Path, record_testsuite_property: Callable[[str, str], None]
) -> None:
    path = make_database(tmp_path / "heroes.db", "Old", heroes=50)
    backup = tmp_path / "backup.db"
    assert 0 == run("backup", path, "--quiet", str(backup)).returncode
    saved = rows_in(backup)
    ledger = Ledger(dict(saved), set(saved))
    results: Counter[str] = Counter()

    for moment in kills(path, backup):
        with serve(path, access_log="false") as served:
            stored = rows_in(path)
            if stored == saved:
                ledger = Ledger(dict(saved), set(saved))
            ledger.resolve(stored)
            assert ledger.rows == stored
            assert_whole(path)
            results[f"{moment}: {'new' if stored == saved else 'old'}"] += 1
            await write_until_killed(served, ledger, responses=20)

    del results["no restore: new"]
    assert KILLS == results.total()
    assert not [name for name in files_in(tmp_path) if name.endswith("-restoring")]
    record_testsuite_property("restore kills", str(dict(results)))
    print(dict(results))  # noqa: T201 - shown by make restore-kills


def kills(path: Path, backup: Path) -> Iterator[str]:
    """Yield before the first restore, and after each that was killed."""
    yield "no restore"
    for _ in range(KILLS):
        yield kill_restore(path, backup)


async def write_until_killed(served: Served, ledger: Ledger, responses: int) -> None:
    """Write to the service, and kill it after this number of responses."""
    client = httpx2.AsyncClient(base_url=served.url, timeout=LIMIT)
    async with client, asyncio.TaskGroup() as writers:
        for _ in range(WRITERS):
            writers.create_task(write_without_pause(client, ledger))
        await ledger.until(ledger.responses + responses)
        served.kill()


def assert_whole(path: Path) -> None:
    with connection_to(path) as connection:
        assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()


def kill_restore(path: Path, backup: Path) -> str:
    """Restore, and kill the command at a random moment. Return after which file that was."""
    before = files_in(path.parent)
    part, longest = RANDOM.choice([*MOMENTS.items()])
    process = subprocess.Popen([*COMMAND, "restore", "--quiet", str(backup)], env=environment(path))
    while part and process.poll() is None:
        if any(part in name for name in files_in(path.parent) - before):
            break
    time.sleep(RANDOM.uniform(0, longest))
    process.kill()
    ended = process.wait(LIMIT) == 0
    return f"{part or 'start'}{' (ended before)' if ended else ''}"
