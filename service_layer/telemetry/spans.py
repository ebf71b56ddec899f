"""What a component does for a request, as spans of the request's trace."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol


class Spans(Protocol):
    """Records spans. They contain no value: of a row, of a parameter, or of an error's message."""

    def is_recording(self) -> bool:
        """Return whether the current task serves a request whose trace is recorded."""

    def span(
        self, name: str, attributes: Mapping[str, str] | None = None
    ) -> AbstractContextManager[object]:
        """Record the block as a span of the current trace. The span has the class of an error."""
