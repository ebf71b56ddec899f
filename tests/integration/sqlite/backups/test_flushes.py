"""What SQLite itself writes during a restore is on the disk before the next step."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.sqlite.backups.databases import abandon, make_database
from tests.support.served import COMMAND, LIMIT, environment

STRACE = shutil.which("strace")
CALLS = "trace=fsync,fdatasync,link,linkat"


@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_the_log_is_flushed_into_the_old_file_before_that_gets_its_second_name(
    tmp_path: Path,
) -> None:
    path = abandon(make_database(tmp_path / "heroes.db", "Old"))
    backup, trace = make_database(tmp_path / "backup.db", "New"), tmp_path / "trace"
    strace = [str(STRACE), "-f", "-y", "-o", str(trace), "-e", CALLS]

    subprocess.run(
        [*strace, *COMMAND, "restore", "--quiet", str(backup)],
        env=environment(path),
        check=True,
        timeout=LIMIT,
    )

    lines = trace.read_text().splitlines()
    flushes = [number for number, line in enumerate(lines) if "/heroes.db>" in line]
    links = [number for number, line in enumerate(lines) if "/heroes.db.before-" in line]
    assert flushes
    assert 1 == len(links)
    assert flushes[0] < links[0]
