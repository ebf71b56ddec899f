"""A loop on which no timeout expires by itself."""

from typing import Any

import pytest

from tests.support.loops import SlowLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": SlowLoop}
