"""A turn that somebody has, and a loop on which no time limit passes by itself."""

from typing import Any

import pytest

from adapters.sqlite.fair_lock import Turns
from tests.support.loops import SlowLoop
from tests.unit.sqlite.fair_lock.taking import PATIENCE


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}


@pytest.fixture
def turns() -> Turns:
    """Turns of which somebody has the first."""
    turns = Turns(PATIENCE)
    assert turns.take_if_free()
    return turns
