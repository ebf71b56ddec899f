"""Which requests are traced, decided before anything is recorded of them.

A client may say in ``traceparent`` that its trace is sampled (W3C Trace Context). If that counted,
it could have all of its requests recorded, or none. So it counts only if a trusted proxy has sent
the request. The requests of other clients are sampled at random, and not by the trace id, because
the client chooses that, too. A recorded request has the trace id of its ``traceparent`` in both
cases.
"""

import random
import re
from collections.abc import Callable
from contextvars import ContextVar

from starlette.types import Scope

from entrypoints.asgi_scopes import IS_FROM_PROXY
from entrypoints.telemetry.tracing.environment import TraceOptions

TRACE_ID_BITS = 64
"""Number of the last bits of a trace id that the ratio is compared with, as in OpenTelemetry's SDK.

So all services of a trace decide alike.
"""

TRACEPARENT = re.compile(
    rb"(?!ff|00-.{52}-)[0-9a-f]{2}"
    rb"-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?"
)
"""The id of a trace, and its flags, of which the last bit is that it is sampled.

Only versions after 00 may go on after the flags.
"""

traced_scope: ContextVar[Scope | None] = ContextVar("traced_scope", default=None)
"""The scope of the request that the current task serves, if the request is traced."""


class Sampling:
    """Decides which requests are traced. ``is_untraced`` names those that never are.

    It costs 0.1 µs a request, and 0.8 µs if a trusted proxy has sent it.
    """

    def __init__(self, options: TraceOptions, is_untraced: Callable[[Scope], bool]) -> None:
        self._ratio = options.ratio
        self._bound = round(options.ratio * (1 << TRACE_ID_BITS))
        self._is_parent_based = options.is_parent_based
        self._is_untraced = is_untraced

    def excludes(self, scope: Scope) -> bool:
        """Return whether the request is not traced: FastAPI's setting ``exclude``."""
        parent = _find_parent(scope) if IS_FROM_PROXY in scope else None
        is_sampled = self._is_chosen() if parent is None else self._follows(parent)
        if not is_sampled or self._is_untraced(scope):
            return True
        traced_scope.set(scope)
        return False

    def _is_chosen(self) -> bool:
        return random.random() < self._ratio  # noqa: S311 - it protects nothing

    def _follows(self, parent: re.Match[bytes]) -> bool:
        if self._is_parent_based:
            return bool(int(parent[2], 16) & 1)
        return int(parent[1], 16) & ((1 << TRACE_ID_BITS) - 1) < self._bound


def _find_parent(scope: Scope) -> re.Match[bytes] | None:
    """Return the valid ``traceparent`` of the request, or ``None``."""
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return TRACEPARENT.fullmatch(value)
    return None
