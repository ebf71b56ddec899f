"""Mistakes in the timeout of requests, and in what their cancellation means."""

from tests.mutants.mutant import Mutant

TIMEOUT = "entrypoints/http/middleware/request_timeout.py"
DEADLINES = "entrypoints/http/middleware/deadlines.py"
CANCELLATION = "entrypoints/http/middleware/cancellation.py"
OUTCOME = "entrypoints/http/middleware/outcome.py"

TESTS = "tests/unit/http/middleware/request_timeout"
IN_TIME = f"{TESTS}/test_deadlines.py"
OTHERS = f"{TESTS}/test_other_cancellations.py"

MUTANTS = [
    Mutant(
        "a request is cancelled after its response has started",
        DEADLINES,
        "            if not response.has_started:\n",
        "            if True:\n",
        [IN_TIME],
    ),
    Mutant(
        "a task is cancelled after its request",
        TIMEOUT,
        "        finally:\n            deadlines.stop(task)\n",
        "",
        [IN_TIME],
    ),
    Mutant(
        "a cancellation by the caller becomes 503",
        TIMEOUT,
        "if not is_late or response.has_started or task.cancelling() > other_cancellations:",
        "if response.has_started or task.cancelling() > other_cancellations:",
        [OTHERS],
    ),
    Mutant(
        "a second cancellation is lost",
        TIMEOUT,
        "if not is_late or response.has_started or task.cancelling() > other_cancellations:",
        "if not is_late or response.has_started:",
        [OTHERS],
    ),
    Mutant(
        "a response that other middleware passes on later has not started",
        DEADLINES,
        "        self.has_started = True\n",
        "",
        [IN_TIME],
    ),
    Mutant(
        "a second response is sent if the cancelled application has sent its own",
        TIMEOUT,
        "if not is_late or response.has_started or task",
        "if not is_late or task",
        [OTHERS],
    ),
    Mutant(
        "every event loop has the deadlines of the first one",
        TIMEOUT,
        "if deadlines is None or deadlines.loop is not loop:",
        "if deadlines is None:",
        [f"{TESTS}/test_event_loops.py"],
    ),
    Mutant(
        "only the first request has a deadline",
        DEADLINES,
        "            self._set_timer(when)\n            break",
        "            break",
        [IN_TIME],
    ),
    Mutant(
        "each request starts a timer",
        DEADLINES,
        "if not self._has_timer:",
        "if True:",
        [IN_TIME],
    ),
    Mutant(
        "every request is late when the first one is",
        DEADLINES,
        "takewhile(lambda e: e[1][0] <= now, self._pending.items())",
        "self._pending.items()",
        [IN_TIME],
    ),
    Mutant(
        "a late request leaves its task cancelled",
        DEADLINES,
        "        task.uncancel()\n",
        "",
        [IN_TIME],
    ),
    Mutant(
        "an application that calls itself has two deadlines",
        DEADLINES,
        "if task in self._pending or (self._expired and task in self._expired):",
        "if False:",
        [OTHERS],
    ),
    Mutant(
        "a cancellation by the application becomes 503",
        CANCELLATION,
        'if scope["type"] != "http" or not _uncancel():',
        'if scope["type"] != "http":',
        ["tests/unit/http/middleware/test_cancellation.py"],
    ),
    Mutant(
        "one of two cancellations remains",
        CANCELLATION,
        "    while task.uncancel():\n        pass\n",
        "    task.uncancel()\n",
        ["tests/unit/http/middleware/test_cancellation.py"],
    ),
    Mutant(
        "a response that has started is followed by an error of the server",
        CANCELLATION,
        "                raise cancelled from None",
        "                raise",
        ["tests/unit/http/middleware/test_cancellation.py"],
    ),
    Mutant(
        "a write that may be committed is said to have changed nothing",
        OUTCOME,
        "return OUTCOME_UNKNOWN if may_be_committed else ROLLED_BACK",
        "return ROLLED_BACK",
        ["tests/unit/http/middleware/test_outcome.py"],
    ),
    Mutant(
        "a write of which nothing is known is said to have changed nothing",
        OUTCOME,
        '"may_be_committed", True)',
        '"may_be_committed", False)',
        ["tests/unit/http/middleware/test_outcome.py"],
    ),
    Mutant(
        "a unit of work says after the COMMIT that it may be committed",
        "adapters/sql/unit_of_work.py",
        "        self.may_be_committed = True\n        try:\n"
        "            await self.session.commit()\n",
        "        try:\n            await self.session.commit()\n"
        "            self.may_be_committed = True\n",
        ["tests/contract/test_unit_of_work.py"],
    ),
]
