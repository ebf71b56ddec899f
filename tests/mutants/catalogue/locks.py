"""Mistakes in the fair lock and its wait queue."""

from tests.mutants.mutant import Mutant

LOCK = "adapters/sqlite/fair_lock.py"
QUEUE = "adapters/wait_queue.py"

ORDER = "tests/unit/sqlite/fair_lock/test_order.py"
TIMEOUTS = "tests/unit/sqlite/fair_lock/test_timeouts.py"

MUTANTS = [
    Mutant(
        "a new task overtakes the waiters",
        LOCK,
        "if self._is_locked or self._queue:",
        "if self._is_locked:",
        [ORDER],
    ),
    Mutant(
        "a woken waiter overtakes those before it",
        LOCK,
        "while self._is_locked or self._queue.first() is not waiter:",
        "while self._is_locked:",
        [ORDER, TIMEOUTS],
    ),
    Mutant(
        "two waiters hold the lock",
        LOCK,
        "while self._is_locked or self._queue.first() is not waiter:",
        "while self._queue.first() is not waiter:",
        [ORDER, TIMEOUTS],
    ),
    Mutant(
        "a release wakes no waiter",
        LOCK,
        "        self._is_locked = False\n        self._wake()",
        "        self._is_locked = False",
        [ORDER],
    ),
    Mutant(
        "a waiter that gives up does not pass on its wakeup",
        LOCK,
        "            self._queue.leave(waiter)\n            self._wake()",
        "            self._queue.leave(waiter)",
        [TIMEOUTS],
    ),
    Mutant(
        "a waiter that gives up stays in the queue",
        LOCK,
        "            self._queue.leave(waiter)\n            self._wake()",
        "            self._wake()",
        [TIMEOUTS],
    ),
    Mutant(
        "a release wakes one waiter only",
        LOCK,
        "islice(self._queue, WAKEUPS_PER_RELEASE)",
        "islice(self._queue, 1)",
        [ORDER],
    ),
    Mutant(
        "a new task does not let the woken waiters go first",
        LOCK,
        "await asyncio.sleep(0)  # waiters before this one are awake and acquire in this tick",
        "pass",
        [ORDER],
    ),
    Mutant(
        "the wait for the lock has no timeout",
        LOCK,
        "                if waiter.is_late:\n                    raise TimeoutError\n",
        "",
        [TIMEOUTS],
    ),
    Mutant(
        "only the first waiter has a timeout",
        QUEUE,
        "                self._set_timer(loop, waiter.deadline)\n                return",
        "                return",
        [TIMEOUTS],
    ),
    Mutant(
        "late waiters are not woken",
        QUEUE,
        "            waiter.is_late = True\n            waiter.wake()",
        "            waiter.is_late = True",
        [TIMEOUTS],
    ),
    Mutant(
        "every waiter is late when the first one is",
        QUEUE,
        "            if waiter.deadline > now:\n",
        "            if waiter.deadline > now + self._timeout:\n",
        [TIMEOUTS],
    ),
    Mutant(
        "the timer belongs to an event loop that has ended",
        QUEUE,
        "if self._timer_loop is not loop:",
        "if self._timer_loop is None:",
        [TIMEOUTS],
    ),
    Mutant(
        "each waiter starts a timer",
        QUEUE,
        "if self._timer_loop is not loop:",
        "if True:",
        [TIMEOUTS],
    ),
]
