"""Mistakes in the writer of a SQLite file, its connections and its file locks."""

from tests.mutants.mutant import Mutant

WRITER = "adapters/sqlite/writer.py"
CONNECTIONS = "adapters/sqlite/connections.py"
FILE_LOCKS = "adapters/sqlite/locks.py"

INTEGRATION = "tests/integration/sqlite"
GROUPS = f"{INTEGRATION}/group_commit"

MUTANTS = [
    Mutant(
        "COMMIT is not flushed (synchronous=OFF)",
        CONNECTIONS,
        'WRITING = {"synchronous": "FULL",',
        'WRITING = {"synchronous": "OFF",',
        [f"{INTEGRATION}/flushes/test_synchronous.py"],
    ),
    Mutant(
        "COMMIT is flushed only at checkpoints (synchronous=NORMAL)",
        CONNECTIONS,
        'WRITING = {"synchronous": "FULL",',
        'WRITING = {"synchronous": "NORMAL",',
        [f"{INTEGRATION}/flushes/test_synchronous.py"],
    ),
    Mutant(
        "a migration is not flushed",
        "adapters/sqlite/schema.py",
        'MIGRATING = {"synchronous": "FULL",',
        'MIGRATING = {"synchronous": "OFF",',
        [f"{INTEGRATION}/flushes/test_synchronous.py"],
    ),
    Mutant(
        "a plain session is flushed only at checkpoints",
        "adapters/plain/connections.py",
        '"PRAGMA synchronous=FULL"',
        '"PRAGMA synchronous=NORMAL"',
        [f"{INTEGRATION}/flushes/test_synchronous.py"],
    ),
    Mutant(
        "the file is not migrated to WAL mode",
        "adapters/sqlite/schema.py",
        'partial(journal_mode, "=WAL")',
        "journal_mode",
        [f"{INTEGRATION}/group_commit/test_sharing.py"],
    ),
    Mutant(
        "foreign keys are not checked",
        CONNECTIONS,
        '"foreign_keys": "ON", **LOG_SIZE}',
        '"foreign_keys": "OFF", **LOG_SIZE}',
        [f"{GROUPS}/test_users_constraints.py"],
    ),
    Mutant(
        "a plain session does not check foreign keys",
        "adapters/plain/connections.py",
        '"PRAGMA foreign_keys=ON"',
        '"PRAGMA foreign_keys=OFF"',
        ["tests/integration/rules/test_constraints.py"],
    ),
    Mutant(
        "the connection that reads may write",
        CONNECTIONS,
        'READING = {"query_only": "ON"}',
        'READING = {"query_only": "OFF"}',
        [f"{INTEGRATION}/test_writer.py"],
    ),
    Mutant(
        "a commit returns before it is durable",
        WRITER,
        "            self._release()\n        await unit.group.wait_until_durable()",
        "            self._release()",
        [f"{GROUPS}/test_sharing.py"],
    ),
    Mutant(
        "a rollback does not wait for the changes that it may have read",
        WRITER,
        "        try:\n            await unit.group.wait_until_durable()",
        "        try:\n            pass",
        [f"{GROUPS}/test_refusals.py"],
    ),
    Mutant(
        "a unit of work that is rolled back has an unknown outcome",
        WRITER,
        "raise StoreUnavailable(str(error)) from error",
        "raise",
        [f"{GROUPS}/test_failing_commit.py"],
    ),
    Mutant(
        "a failed begin does not release the lock",
        WRITER,
        "                return Savepoint(group)\n        except BaseException:\n"
        "            self._release()",
        "                return Savepoint(group)\n        except BaseException:",
        [f"{GROUPS}/test_rolled_back_transaction.py"],
    ),
    Mutant(
        "a failed commit leaves the unit of work in its group",
        WRITER,
        "                unit.release()\n        except BaseException:\n"
        "            self._flusher.roll_back(unit.group)\n",
        "                unit.release()\n        except BaseException:\n",
        [f"{GROUPS}/test_rolled_back_transaction.py"],
    ),
    Mutant(
        "a failed rollback leaves the unit of work in its group",
        WRITER,
        "none of its changes may remain\n            self._flusher.roll_back(unit.group)",
        "none of its changes may remain\n            pass",
        [f"{GROUPS}/test_rolled_back_transaction.py"],
    ),
    Mutant(
        "the group is not committed if its last waiter gives up",
        WRITER,
        "self._release()  # no other task would commit the group",
        "self._lock.release()",
        [f"{GROUPS}/test_waiting.py"],
    ),
    Mutant(
        "the wait for the lock and the wait for the file each have the whole timeout",
        WRITER,
        "        deadline = asyncio.get_running_loop().time() + self._timeout\n"
        "        had_to_wait = await self._acquire()\n",
        "        had_to_wait = await self._acquire()\n"
        "        deadline = asyncio.get_running_loop().time() + self._timeout\n",
        [f"{GROUPS}/test_waiting.py"],
    ),
    Mutant(
        "a writer that is being closed opens another group",
        WRITER,
        "if self._is_closing:",
        "if False:",
        [f"{GROUPS}/test_closing.py"],
    ),
    Mutant(
        "closing does not wait for the open group",
        WRITER,
        "await self._flusher.group.wait_until_over()",
        "pass",
        [f"{GROUPS}/test_closing.py"],
    ),
    Mutant(
        "the end of a tick ends a group that began later",
        WRITER,
        "if group is self._flusher.group and self._lock.try_acquire():",
        "if self._lock.try_acquire():",
        [f"{GROUPS}/test_rolled_back_transaction.py"],
    ),
    Mutant(
        "the wait for a locked file has no timeout",
        FILE_LOCKS,
        "if not is_busy(error) or clock() + delay > deadline:",
        "if not is_busy(error):",
        [f"{GROUPS}/test_waiting.py"],
    ),
    Mutant(
        "a locked file is not tried again",
        FILE_LOCKS,
        "if not is_busy(error) or clock() + delay > deadline:",
        "if True:",
        [f"{INTEGRATION}/damaged_files/test_locked.py"],
    ),
]
