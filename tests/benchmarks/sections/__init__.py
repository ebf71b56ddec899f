"""The sections of the benchmark, one per file. Each returns its parts by name."""

from collections.abc import Callable
from typing import Any

from tests.benchmarks.bench import Bench
from tests.benchmarks.sections import (
    authentication,
    beside,
    connections,
    control,
    growth,
    headers,
    main,
    operations,
    soak,
    start_up,
)

SECTIONS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "main": main.run,
    "connections": connections.run,
    "growth": growth.run,
    "beside": beside.run,
    "control": control.run,
    "start-up": start_up.run,
    "headers": headers.run,
    "authentication": authentication.run,
    "operations": operations.run,
    "soak": soak.run,
}
