"""How a run of pytest ends, with tests of a small project."""

import subprocess
import time
from pathlib import Path

import pytest

from tests.mutants.mutant import Mutant
from tests.mutants.pytest_run import Outcome, Run, run_pytest
from tests.mutants.results import Result, Verdict, is_acceptable, summary
from tests.mutants.working_copy import WorkingCopy
from tests.support.served import COMMAND
from tests.support.tree_copy import ROOT, environment_of

PASSING = "def test_it() -> None:\n    pass\n"
FAILING = "def test_it() -> None:\n    assert False\n"
ENDLESS = "import time\n\ndef test_it() -> None:\n    time.sleep(60)\n"
NOT_IMPORTABLE = "import no_such_module\n\ndef test_it() -> None:\n    pass\n"
LIMIT = 10
"""Seconds within which a killed process must have ended."""

WITHOUT_TESTS = "pass\n"

LEAVES_A_PROCESS = """
import subprocess, sys

def test_it() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    open("pid", "w").write(str(process.pid))
"""

MUTANT = Mutant("a mistake", "module.py", "1", "2", ["test_module.py"])


async def run(folder: Path, test: str, *, limit: float = 50) -> Run:
    (folder / "test_module.py").write_text(test)
    (folder / "tests").symlink_to(ROOT / "tests")
    copy = WorkingCopy(folder, environment_of(folder))
    return await run_pytest(copy, ["test_module.py"], limit)


@pytest.mark.parametrize(
    ("test", "outcome", "failed_test"),
    [
        (PASSING, Outcome.PASSED, ""),
        (FAILING, Outcome.FAILED, "test_it"),
        (NOT_IMPORTABLE, Outcome.BROKEN, ""),
        (WITHOUT_TESTS, Outcome.BROKEN, ""),
    ],
)
async def test_a_run_ends_with_an_outcome(
    tmp_path: Path, test: str, outcome: Outcome, failed_test: str
) -> None:
    ended = await run(tmp_path, test)

    assert (outcome, failed_test) == (ended.outcome, ended.failed_test), ended.output


async def test_a_run_that_takes_too_long_has_hung(tmp_path: Path) -> None:
    assert Outcome.HUNG is (await run(tmp_path, ENDLESS, limit=0.2)).outcome


async def test_no_process_of_a_run_is_left(tmp_path: Path) -> None:
    await run(tmp_path, LEAVES_A_PROCESS)

    process = (tmp_path / "pid").read_text()
    deadline = time.monotonic() + LIMIT
    while is_running(process):  # a killed process ends soon, not at once
        assert time.monotonic() < deadline


def is_running(process: str) -> bool:
    status = Path("/proc", process, "status")
    return status.exists() and "(zombie)" not in status.read_text()


def test_the_modules_of_the_copy_are_imported_by_every_process(tmp_path: Path) -> None:
    (tmp_path / "entrypoints").mkdir()
    (tmp_path / "entrypoints" / "__init__.py").touch()
    (tmp_path / "entrypoints" / "cli.py").write_text("print('the copy')\ncli = exit\n")

    started = subprocess.run(
        COMMAND, env=environment_of(tmp_path), capture_output=True, text=True, check=False
    )

    assert "the copy\n" == started.stdout


@pytest.mark.parametrize(
    ("outcome", "survives", "verdict"),
    [
        (Outcome.FAILED, "", Verdict.KILLED),
        (Outcome.HUNG, "", Verdict.HUNG),
        (Outcome.PASSED, "", Verdict.SURVIVED),
        (Outcome.PASSED, "no test can see it", Verdict.EXPLAINED),
        (Outcome.FAILED, "no test can see it", Verdict.OUTDATED),
        (Outcome.BROKEN, "", Verdict.BROKEN),
    ],
)
def test_a_survivor_needs_a_reason(outcome: Outcome, survives: str, verdict: Verdict) -> None:
    mutant = Mutant("a mistake", "module.py", "1", "2", ["test_module.py"], survives)
    result = Result("a subject", mutant, Run(outcome, 1.5, "the output"))

    assert verdict is result.verdict
    assert result.line().startswith(f"{verdict.value:9}   1.5 s  a subject: a mistake")
    assert is_acceptable([result]) == (verdict in {Verdict.KILLED, Verdict.HUNG, Verdict.EXPLAINED})


def test_the_summary_counts_the_verdicts() -> None:
    runs = [Run(Outcome.FAILED, 1, "", "test_it"), Run(Outcome.PASSED, 1, "")]
    results = [Result("a subject", MUTANT, run) for run in (*runs, runs[0])]

    assert "3 mutants in 2 min 5 s: 2 killed, 1 SURVIVED" == summary(results, 125)


def test_a_mutant_is_undone_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text("x = 1\n")

    with MUTANT.applied(tmp_path):
        assert "x = 2\n" == path.read_text()

    assert "x = 1\n" == path.read_text()


@pytest.mark.parametrize("source", ["x = 0\n", "x = 1\ny = 1\n"])
def test_a_text_that_does_not_occur_once_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match="not once"):
        MUTANT.apply(source)
