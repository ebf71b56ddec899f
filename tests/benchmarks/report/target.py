"""One figure that was asked for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A figure beside what was measured, which is ``None`` where a server did not finish."""

    what: str
    figure: str
    wanted: float
    measured: float | None
    at_most: bool = False

    @property
    def holds(self) -> bool | None:
        if self.measured is None:
            return None
        return self.measured <= self.wanted if self.at_most else self.measured >= self.wanted

    def row(self) -> list[str]:
        """Return the target as a row of words."""
        said = {None: "no figure", True: "yes", False: "**no**"}[self.holds]
        sign = "≤" if self.at_most else "≥"
        measured = "did not finish" if self.measured is None else f"{self.measured:.3g}"
        return [self.what, self.figure, f"{sign} {self.wanted:.3g}", measured, said]
