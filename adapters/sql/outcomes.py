"""How units of work that write have ended."""

from collections.abc import Iterable

from service_layer.telemetry.measurements import Counter, Measurement


class Outcomes:
    """Counts the units of work of a database that have executed a statement, or tried to."""

    def __init__(self) -> None:
        self.committed = 0
        self.rolled_back = 0
        """Ended without a commit: the request was refused, as by a precondition."""

        self.failed = 0
        """Ended by an error of the database, or the outcome is unknown."""

    def measure(self) -> Iterable[Measurement]:
        """Return the counts."""
        for outcome, number in (
            ("committed", self.committed),
            ("rolled_back", self.rolled_back),
            ("failed", self.failed),
        ):
            yield Counter(
                "units_of_work", "Units of work that write.", number, {"outcome": outcome}
            )
