"""The short form of ``make scans``: two clients that only scan, beside writers and a third client.

It measures no latency: the machine of a test may be busy.
"""

from pathlib import Path

from tests.soak import scans

SECONDS = 20


def test_scans_neither_deny_others_theirs_nor_let_the_log_grow(tmp_path: Path) -> None:
    result = scans.run(tmp_path, SECONDS)

    assert [] == result.failures()
