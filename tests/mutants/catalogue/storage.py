"""Mistakes with a file that is replaced, a failed flush, and the modes of files."""

from tests.mutants.mutant import Mutant

FLUSHER = "adapters/sqlite/flusher.py"
SERVED = "adapters/sqlite/served/served_file.py"
REPLACED = "adapters/sqlite/served/replaced_file.py"
RECORD = "adapters/sqlite/served/serving_record.py"
FAILED_FLUSH = "adapters/sqlite/failed_flush.py"
FILES = "adapters/sqlite/files.py"

INTEGRATION = "tests/integration/sqlite"
TRANSACTIONS = f"{INTEGRATION}/replaced_files/test_transactions.py"
SERVING = f"{INTEGRATION}/replaced_files/test_serving.py"
STARTING = f"{INTEGRATION}/replaced_files/test_starting.py"
FLUSHES = f"{INTEGRATION}/flushes/test_failed_flush.py"

ITERATIONS = "tests/unit/test_once_per_iteration.py"

MUTANTS = [
    Mutant(
        "a replaced file is not noticed before COMMIT",
        FLUSHER,
        "if (failure := self._find_replacement()) is not None:",
        "if False:",
        [TRANSACTIONS],
    ),
    Mutant(
        "a COMMIT is acknowledged although the file was replaced meanwhile",
        FLUSHER,
        "if failure is None and (replaced := self._find_replacement()) is not None:",
        "if False:",
        [TRANSACTIONS],
    ),
    Mutant(
        "a plain COMMIT is acknowledged although the file was replaced meanwhile",
        "adapters/plain/session.py",
        "                self._check_committed()\n",
        "",
        [TRANSACTIONS],
    ),
    Mutant(
        "another file is served on",
        SERVED,
        "if self._is_halted or self._present() != self._file:",
        "if self._is_halted or self._file is None:",
        [TRANSACTIONS],
    ),
    Mutant(
        "a service without requests does not notice a replaced file",
        "adapters/sqlite/database.py",
        "            self._file.watch()",
        "            pass",
        [f"{SERVING}::test_a_service_without_requests_notices_a_replaced_database"],
    ),
    Mutant(
        "the log stays beside the new file",
        REPLACED,
        "present.rename(with_suffix(target, suffix))",
        "pass",
        [SERVING],
    ),
    Mutant(
        "the log of the new file is moved",
        REPLACED,
        "if is_open_here(present := with_suffix(self._path, suffix)):",
        "if (present := with_suffix(self._path, suffix)).exists():",
        [SERVING],
    ),
    Mutant(
        "the served file is not recorded",
        SERVED,
        "            self._record.write(file)\n",
        "            pass\n",
        [STARTING],
    ),
    Mutant(
        "a file with the same inode counts as the recorded one",
        RECORD,
        'return recorded.get("generation") in {None, str(generation(present))}',
        "return True",
        [STARTING],
    ),
    Mutant(
        "the record is left at a clean stop",
        SERVED,
        "            self._record.remove_without_log()\n",
        "            pass\n",
        [STARTING],
    ),
    Mutant(
        "a write follows a failed flush before the log has begun anew",
        FAILED_FLUSH,
        "        if self._is_pending:\n            raise",
        "        if False:\n            raise",
        [FLUSHES],
    ),
    Mutant(
        "the service goes on after the second failed flush",
        FAILED_FLUSH,
        "    os._exit(FAILED)",
        "    raise SystemExit",
        [FLUSHES],
    ),
    Mutant(
        "the log of a killed process is not begun anew",
        "adapters/sqlite/schema.py",
        "        return restart_log(connection, path)",
        "        return True",
        [FLUSHES],
    ),
    Mutant(
        "the mode of a file depends on the umask",
        FILES,
        "PRIVATE = 0o600",
        "PRIVATE = 0o666",
        [f"{INTEGRATION}/test_modes.py"],
    ),
    Mutant(
        "the file is compared in the first iteration only",
        "adapters/once_per_iteration.py",
        "            loop.call_soon(self._forget, context=Context())\n",
        "",
        [ITERATIONS],
    ),
    Mutant(
        "a result is used again after its event loop was closed",
        "adapters/once_per_iteration.py",
        "if loop is not self._loop:",
        "if self._loop is None:",
        [ITERATIONS],
    ),
    Mutant(
        "a read does not compare the file",
        "adapters/sqlite/session.py",
        "        self._check_file()\n",
        "",
        ["tests/integration/sqlite/replaced_files/test_serving.py"],
    ),
]
