"""The short form of ``make soak``: attacks on the edge beside ordinary clients.

It measures no latency: the machine of a test may be busy.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.soak import soak

pytestmark = [pytest.mark.canary, pytest.mark.fast_session("Crowds")]

SECONDS = 20


def test_attacks_neither_stop_nor_bloat_the_server_nor_lose_writes(
    new_database: Callable[[], str], tmp_path: Path
) -> None:
    result = soak.run(tmp_path / "heroes.db", SECONDS, database_url=new_database())

    assert [] == result.failures()
