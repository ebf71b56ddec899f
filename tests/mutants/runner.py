"""Test all mutants, several at a time."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from tests.mutants.mutant import Mutant
from tests.mutants.pytest_run import Outcome, Run, run_pytest
from tests.mutants.results import Result
from tests.mutants.working_copy import WorkingCopy, working_copy
from tests.support.tree_copy import ROOT

LIMIT = 40.0
"""Seconds until the tests of a mutant count as hung."""

BASELINE_LIMIT = 900.0
"""Seconds in which a worker's share of the tests must pass without a mutant."""

Named = tuple[str, Mutant]
"""A mutant with its subject."""


class BaselineFailed(Exception):
    """The tests fail without a mutant. The message is pytest's output."""


def check_mutants(
    mutants: Sequence[Named], workers: int, report: Callable[[Result], None]
) -> Sequence[Result]:
    """Return the results, and report each one when it is known. Raises ``BaselineFailed``.

    Raises ``ValueError`` if the text of a mutant does not occur once in its file.
    """
    for _, mutant in mutants:
        mutant.apply((ROOT / mutant.file).read_text())
    with ExitStack() as stack:
        copies = [stack.enter_context(working_copy()) for _ in range(workers)]
        return asyncio.run(_check_mutants(mutants, copies, report))


async def _check_mutants(
    mutants: Sequence[Named], copies: Sequence[WorkingCopy], report: Callable[[Result], None]
) -> Sequence[Result]:
    await _check_baseline(tests_of(mutants), copies)
    results: list[Result] = []
    waiting = iter(mutants)

    async def work(copy: WorkingCopy) -> None:
        for subject, mutant in waiting:
            with mutant.applied(copy.root):
                run = await run_pytest(copy, mutant.tests, LIMIT)
            results.append(Result(subject, mutant, run))
            report(results[-1])

    async with asyncio.TaskGroup() as tasks:
        for copy in copies:
            tasks.create_task(work(copy))
    return results


async def _check_baseline(tests: Sequence[str], copies: Sequence[WorkingCopy]) -> None:
    """Raise ``BaselineFailed`` unless the tests pass without a mutant."""
    shares = [tests[number :: len(copies)] for number in range(len(copies))]
    runs: list[Run] = await asyncio.gather(
        *(
            run_pytest(copy, share, BASELINE_LIMIT)
            for copy, share in zip(copies, shares, strict=True)
            if share
        )
    )
    for run in runs:
        if run.outcome is not Outcome.PASSED:
            raise BaselineFailed(run.output)


def tests_of(mutants: Sequence[Named]) -> Sequence[str]:
    """Return the tests of all mutants, without single tests of files that are run anyway."""
    tests = {test for _, mutant in mutants for test in mutant.tests}
    return sorted(test for test in tests if test.partition("::")[0] not in tests - {test})
