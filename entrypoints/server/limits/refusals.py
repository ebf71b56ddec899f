"""The requests that the server itself refuses."""

from collections import Counter
from collections.abc import Iterable

from service_layer.telemetry import measurements
from service_layer.telemetry.measurements import Measurement


class Refusals:
    """Counts refusals by status. The application's own refusals are not among them."""

    def __init__(self) -> None:
        self._statuses: Counter[int] = Counter()

    def count(self, status: int) -> None:
        """Count a refusal."""
        self._statuses[int(status)] += 1

    def measure(self) -> Iterable[Measurement]:
        """Return the number of refusals for each status that was sent."""
        for status, number in self._statuses.items():
            yield measurements.Counter(
                "http_server_requests_refused",
                "Requests that the server refused, such as malformed ones.",
                number,
                {"http_response_status_code": str(status)},
            )
