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
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import httpx2
import pytest

from tests.integration.processes import run
from tests.integration.sqlite.backups.databases import files_in
from tests.integration.tutorial_database import connection_to
from tests.integration.writers import Ledger, rows_in, write_without_pause
from tests.support.served import COMMAND, LIMIT, environment, serve

KILLS = int(os.environ.get("HEROES_RESTORE_KILLS", "3"))
WRITERS = 8
RANDOM = random.SystemRandom()

MOMENTS = {"": 2.0, ".restore-": 0.3, ".before-": 0.03, "-restoring": 0.03}
"""Parts of the names of files, and seconds: a kill is at a random time after the file appears."""


@pytest.mark.timeout(120 + 60 * KILLS)
async def test_every_acknowledged_write_of_one_of_the_databases_survives(
    tmp_path: Path, record_testsuite_property: Callable[[str, str], None]
) -> None:
    path, backup = tmp_path / "heroes.db", tmp_path / "backup.db"
    ledger = Ledger()
    await write_and_kill(path, ledger, responses=50)
    assert 0 == run("backup", path, "--quiet", str(backup)).returncode
    ledger.resolve(rows_in(backup))
    saved = deepcopy(ledger.rows), set(ledger.used_ids)
    results: Counter[str] = Counter()

    for _ in range(KILLS):
        await write_and_kill(path, ledger, responses=20)
        moment = kill_restore(path, backup)
        with serve(path):
            stored = rows_in(path)
        if stored == saved[0]:
            ledger.rows, ledger.used_ids = deepcopy(saved[0]), set(saved[1])
            ledger.unacknowledged.clear()
        else:
            ledger.resolve(stored)
        assert ledger.rows == stored
        with connection_to(path) as connection:
            assert [("ok",)] == connection.execute("PRAGMA integrity_check").fetchall()
        results[f"{moment}: {'new' if stored == saved[0] else 'old'}"] += 1

    assert KILLS == results.total()
    assert not [name for name in files_in(tmp_path) if name.endswith("-restoring")]
    record_testsuite_property("restore kills", str(dict(results)))
    print(dict(results))  # noqa: T201 - shown by make restore-kills


async def write_and_kill(path: Path, ledger: Ledger, responses: int) -> None:
    """Serve the database, write to it, and kill the service."""
    with serve(path, access_log="false") as served:
        ledger.resolve(rows_in(path))
        goal = ledger.responses + responses
        client = httpx2.AsyncClient(base_url=served.url, timeout=LIMIT)
        async with client, asyncio.TaskGroup() as writers:
            for _ in range(WRITERS):
                writers.create_task(write_without_pause(client, ledger))
            await ledger.until(goal)
            served.kill()


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
