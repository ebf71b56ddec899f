"""Mistakes in commit groups and in their flush."""

from tests.mutants.mutant import Mutant

WRITER = "adapters/sqlite/writer.py"
GROUP = "adapters/sqlite/group_commit.py"
FLUSHER = "adapters/sqlite/flusher.py"

TESTS = "tests/integration/sqlite/group_commit"

MUTANTS = [
    Mutant(
        "a group has one unit of work too many",
        GROUP,
        "self.units >= self._group_size or",
        "self.units > self._group_size or",
        [f"{TESTS}/test_bounds.py"],
    ),
    Mutant(
        "a group may be open for any time",
        GROUP,
        " or self._loop.time() > self._closes_at",
        "",
        [f"{TESTS}/test_bounds.py"],
    ),
    Mutant(
        "a full group accepts the waiters",
        WRITER,
        "group.is_full or not (self._lock.has_waiters or group.is_held_open)",
        "not (self._lock.has_waiters or group.is_held_open)",
        [f"{TESTS}/test_bounds.py"],
    ),
    Mutant(
        "each unit of work has a COMMIT of its own",
        WRITER,
        "group.is_full or not (self._lock.has_waiters or group.is_held_open)",
        "True",
        [f"{TESTS}/test_sharing.py"],
    ),
    Mutant(
        "units of work of one tick do not share a COMMIT",
        WRITER,
        "group.is_held_open = True",
        "pass",
        [f"{TESTS}/test_sharing.py"],
    ),
    Mutant(
        "a unit of work that lasts longer than its tick does not commit its group",
        WRITER,
        "group.is_held_open = False",
        "pass",
        [f"{TESTS}/test_waiting.py"],
    ),
    Mutant(
        "the last unit of work decides whether the group has changes",
        GROUP,
        "self.has_changes |= changes",
        "self.has_changes = changes",
        [f"{TESTS}/test_refusals.py", f"{TESTS}/test_failing_commit.py"],
    ),
    Mutant(
        "a group without changes has a COMMIT",
        GROUP,
        "changes=self._changes != self._connection.total_changes",
        "changes=True",
        [f"{TESTS}/test_refusals.py"],
    ),
    Mutant(
        "a unit of work before the first change waits",
        GROUP,
        "if not self.has_changes:",
        "if False:",
        [f"{TESTS}/test_refusals.py"],
    ),
    Mutant(
        "a rollback undoes the neighbours",
        GROUP,
        'self._connection.execute("ROLLBACK TO unit")\n'
        '        self._connection.execute("RELEASE unit")',
        'self._connection.execute("ROLLBACK")',
        [f"{TESTS}/test_failing_unit.py"],
    ),
    Mutant(
        "a rollback rolls nothing back",
        GROUP,
        'self._connection.execute("ROLLBACK TO unit")\n',
        "pass\n",
        [f"{TESTS}/test_failing_unit.py"],
    ),
    Mutant(
        "a savepoint that is rolled back stays open",
        GROUP,
        'self._connection.execute("ROLLBACK TO unit")\n'
        '        self._connection.execute("RELEASE unit")',
        'self._connection.execute("ROLLBACK TO unit")',
        [f"{TESTS}/test_sharing.py"],
    ),
    Mutant(
        "statements after a rollback by SQLite are committed alone",
        GROUP,
        "if not self._connection.in_transaction:",
        "if False:",
        [f"{TESTS}/test_rolled_back_transaction.py"],
    ),
    Mutant(
        "only the first waiters of a group are woken",
        GROUP,
        "        if self._waiters:\n            self._loop.call_soon(self._wake_some)",
        "",
        [f"{TESTS}/test_waking.py"],
    ),
    Mutant(
        "all waiters of a group are woken in one tick",
        GROUP,
        "range(min(WAKEUPS_PER_TICK, len(self._waiters)))",
        "range(len(self._waiters))",
        [f"{TESTS}/test_waking.py"],
    ),
    Mutant(
        "the waiters of a group are woken in reverse order",
        GROUP,
        "woken = self._waiters.popleft()",
        "woken = self._waiters.pop()",
        [f"{TESTS}/test_waking.py"],
    ),
    Mutant(
        "the event loop is closed before a COMMIT whose waiters are cancelled has ended",
        GROUP,
        "            self._keep_loop_open()\n            raise",
        "            raise",
        [f"{TESTS}/test_event_loops.py"],
    ),
    Mutant(
        "a cancellation during the flush is lost",
        GROUP,
        "            self._keep_loop_open()\n            raise",
        "            self._keep_loop_open()",
        [f"{TESTS}/test_failing_unit.py"],
    ),
    Mutant(
        "the event loop stays open after the COMMIT",
        GROUP,
        "            self._ended.set()",
        "            pass",
        [f"{TESTS}/test_event_loops.py"],
    ),
    Mutant(
        "a failed COMMIT counts as durable",
        FLUSHER,
        "            failure = error",
        "            pass",
        [f"{TESTS}/test_failing_commit.py"],
    ),
    Mutant(
        "a failed COMMIT is said to be rolled back",
        FLUSHER,
        "return OutcomeUnknown(str(error))",
        "return StoreUnavailable(str(error))",
        [f"{TESTS}/test_failing_commit.py"],
    ),
    Mutant(
        "the connection of a failed COMMIT is used again",
        FLUSHER,
        "            self._connection.close()\n"
        "            group.end(self._commit_failure(failure))",
        "            group.end(self._commit_failure(failure))",
        [f"{TESTS}/test_users_constraints.py"],
    ),
    Mutant(
        "a constraint that is checked at COMMIT fails every later group too",
        FLUSHER,
        "        self._group_size = 1\n",
        "",
        [f"{TESTS}/test_users_constraints.py"],
    ),
    Mutant(
        "the lock stays acquired if no thread can be started",
        FLUSHER,
        "            self.roll_back(group)\n            flushed()",
        "            self.roll_back(group)",
        [f"{TESTS}/test_no_thread.py"],
    ),
    Mutant(
        "a COMMIT whose thread could not be started ends a later group",
        FLUSHER,
        "        if group is not self.group:\n            return",
        "        if False:\n            return",
        [f"{TESTS}/test_no_thread.py"],
    ),
    Mutant(
        "a transaction does not acquire the file's write lock at once",
        FLUSHER,
        '"BEGIN IMMEDIATE"',
        '"BEGIN"',
        [f"{TESTS}/test_sharing.py"],
    ),
    Mutant(
        "a group without changes leaves its transaction open",
        FLUSHER,
        "            group.connection.rollback()\n",
        "            pass\n",
        [f"{TESTS}/test_refusals.py"],
    ),
]
