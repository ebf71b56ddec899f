"""The results of the mutants, and how they are printed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tests.mutants.mutant import Mutant
from tests.mutants.pytest_run import Outcome, Run


class Verdict(Enum):
    """What a run says about its mutant."""

    KILLED = "killed"
    HUNG = "hung"
    """Detected: a test did not end. A test that fails says more."""

    EXPLAINED = "explained"
    """Survived, for the reason that the catalogue gives."""

    SURVIVED = "SURVIVED"
    OUTDATED = "OUTDATED"
    """Killed or hung, though the catalogue gives a reason why it survives."""

    BROKEN = "BROKEN"


ACCEPTED = {Verdict.KILLED, Verdict.HUNG, Verdict.EXPLAINED}

DETECTED = {Outcome.FAILED: Verdict.KILLED, Outcome.HUNG: Verdict.HUNG}


@dataclass(frozen=True, slots=True)
class Result:
    """A mutant of a subject, and the run of its tests."""

    subject: str
    mutant: Mutant
    run: Run

    @property
    def verdict(self) -> Verdict:
        if self.run.outcome is Outcome.BROKEN:
            return Verdict.BROKEN
        if self.run.outcome is Outcome.PASSED:
            return Verdict.EXPLAINED if self.mutant.survives else Verdict.SURVIVED
        return Verdict.OUTDATED if self.mutant.survives else DETECTED[self.run.outcome]

    def line(self) -> str:
        """Return one line: the verdict, the seconds, the mistake, and what detects it or why not.

        The output of a broken run follows.
        """
        name = f"{self.subject}: {self.mutant.mistake}"
        why = self.run.failed_test or self.mutant.survives
        line = f"{self.verdict.value:9} {self.run.seconds:5.1f} s  {name}{why and f'  ({why})'}"
        return f"{line}\n{self.run.output}" if self.verdict is Verdict.BROKEN else line


def summary(results: Sequence[Result], seconds: float) -> str:
    """Return the number of mutants, in total and by verdict, and the duration."""
    counts = Counter(result.verdict for result in results)
    verdicts = ", ".join(f"{counts[each]} {each.value}" for each in Verdict if counts[each])
    return f"{len(results)} mutants in {seconds / 60:.0f} min {seconds % 60:.0f} s: {verdicts}"


def is_acceptable(results: Sequence[Result]) -> bool:
    """Return whether every mutant was detected, or survived for a reason."""
    return all(result.verdict in ACCEPTED for result in results)
