"""A lock that is held, and a loop on which no timeout expires by itself."""

from typing import Any

import pytest

from adapters.sqlite.fair_lock import FairLock
from tests.support.loops import SlowLoop
from tests.unit.sqlite.fair_lock.acquiring import TIMEOUT


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


@pytest.fixture
def lock() -> FairLock:
    """A lock that is held."""
    lock = FairLock(TIMEOUT)
    assert lock.try_acquire()
    return lock
